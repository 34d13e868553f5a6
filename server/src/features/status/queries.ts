import { statement } from '../../platform/db/statement.ts';

export const ping = statement<{ ok: number }>('status.ping', `select 1 as ok`);

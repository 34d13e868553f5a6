import { endpoint } from './endpoint.ts';
import { object, uuid } from './schema.ts';

export const createDemo = endpoint({
  id: 'createDemo', method: 'POST', path: '/api/demo', access: 'user',
  summary: 'Open a workspace with simulated accounts and 90 days of history, which fills within a minute or two; the one that exists if there is one',
  rate: { name: 'demo:create', max: 3, windowSeconds: 3600 },
  reply: object({ workspaceId: uuid() }),
});

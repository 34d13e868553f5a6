import { XrpcFault } from './simulator-auth.ts';
import type { SimulatedSession } from './simulator-sessions.ts';

export type RepoAction = 'create' | 'update' | 'delete';

interface Permission {
  readonly kind: string;
  readonly values: readonly string[];
  readonly query: URLSearchParams;
}

/** `kind:value?name=value…`, or `kind?name=value…` (atproto.com/specs/permission). */
function readPermission(scope: string): Permission {
  const [path = '', search = ''] = scope.split('?');
  const [kind = '', ...rest] = path.split(':');
  return { kind, values: rest.length === 0 ? [] : [rest.join(':')], query: new URLSearchParams(search) };
}

/** An app password, and OAuth's old broad scope, reach every record and blob. */
function hasPermission(session: SimulatedSession, isCovered: (permission: Permission) => boolean): boolean {
  if (session.kind === 'password') return true;
  return session.scope.split(' ').some((scope) => scope === 'transition:generic' || isCovered(readPermission(scope)));
}

function refuse(scope: string): XrpcFault {
  return new XrpcFault(403, 'ScopeMissingError', `Missing required scope "${scope}"`);
}

export function checkRepoScope(session: SimulatedSession, action: RepoAction, collection: string): void {
  const isCovered = ({ kind, values, query }: Permission): boolean => {
    const collections = [...values, ...query.getAll('collection')];
    const actions = query.getAll('action');
    const isNamed = collections.includes('*') || collections.includes(collection);
    return kind === 'repo' && isNamed && (actions.length === 0 || actions.includes(action));
  };
  if (!hasPermission(session, isCovered)) throw refuse(`repo:${collection}?action=${action}`);
}

export function checkBlobScope(session: SimulatedSession, mimeType: string): void {
  const wanted = ['*/*', mimeType, `${mimeType.split('/')[0] ?? ''}/*`];
  const isCovered = ({ kind, values, query }: Permission): boolean =>
    kind === 'blob' && [...values, ...query.getAll('accept')].some((accept) => wanted.includes(accept));
  if (!hasPermission(session, isCovered)) throw refuse(`blob:${mimeType}`);
}

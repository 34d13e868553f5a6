import { randomBytes } from 'node:crypto';
import { Type, type Static } from 'typebox';
import type { Clock } from '../../platform/clock.ts';
import { openStateSection } from '../simulation/state-file.ts';

const codeLifeMs = 10 * 60_000;

const App = Type.Object({
  id: Type.String(),
  name: Type.String(),
  website: Type.Union([Type.String(), Type.Null()]),
  clientId: Type.String(),
  clientSecret: Type.String(),
  redirectUris: Type.Array(Type.String()),
  scopes: Type.Array(Type.String()),
});

const Token = Type.Object({
  token: Type.String(),
  clientId: Type.String(),
  /** Null for an app's own token (client credentials). */
  accountId: Type.Union([Type.String(), Type.Null()]),
  scopes: Type.Array(Type.String()),
  createdAtSeconds: Type.Integer(),
  state: Type.Union([Type.Literal('valid'), Type.Literal('expired'), Type.Literal('revoked')]),
});

const Content = Type.Object({ apps: Type.Array(App), tokens: Type.Array(Token) });

export type RegisteredApp = Static<typeof App>;
export type AccessToken = Static<typeof Token>;

/** What a person agreed to, waiting to be fetched by the app. */
export interface CodeGrant {
  readonly clientId: string;
  readonly accountId: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** S256 challenge, or null when the app used no PKCE. */
  readonly challenge: string | null;
  readonly expiresAtMs: number;
}

/** Apps and tokens of the simulated server; they outlive a restart. Codes do not: nobody waits that long. */
export interface Grants {
  registerApp(app: Pick<RegisteredApp, 'name' | 'website' | 'redirectUris' | 'scopes'>): RegisteredApp;
  findApp(clientId: string): RegisteredApp | null;
  issueCode(grant: Omit<CodeGrant, 'expiresAtMs'>): string;
  /** A code that is still good. Only success uses it up, as in Doorkeeper. */
  findCode(code: string): CodeGrant | null;
  useUpCode(code: string): void;
  /** Mastodon reuses a valid token of the same app, person and scopes (`reuse_access_token` in its doorkeeper.rb). */
  issueToken(token: Pick<AccessToken, 'clientId' | 'accountId' | 'scopes'>): AccessToken;
  findToken(token: string): AccessToken | null;
  revokeToken(token: string): void;
  setStateOfAll(state: 'expired' | 'revoked'): void;
}

function createSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function createGrants(stateFile: string | null, clock: Clock): Grants {
  const section = openStateSection(stateFile, 'mastodon-oauth', Content);
  const { apps, tokens } = section.read() ?? { apps: [], tokens: [] };
  const codes = new Map<string, CodeGrant>();
  const save = (): void => section.write({ apps, tokens });

  const issueToken = (wanted: Pick<AccessToken, 'clientId' | 'accountId' | 'scopes'>): AccessToken => {
    const keyOf = (each: typeof wanted): string => JSON.stringify([each.clientId, each.accountId, each.scopes.toSorted()]);
    const same = tokens.find((each) => each.state === 'valid' && keyOf(each) === keyOf(wanted));
    if (same !== undefined) return same;
    const createdAtSeconds = Math.floor(clock.now().getTime() / 1000);
    const token: AccessToken = { ...wanted, token: createSecret(), createdAtSeconds, state: 'valid' };
    tokens.push(token);
    save();
    return token;
  };

  return {
    registerApp: (wanted) => {
      const app: RegisteredApp = { ...wanted, id: String(1000 + apps.length), clientId: createSecret(), clientSecret: createSecret() };
      apps.push(app);
      save();
      return app;
    },
    findApp: (clientId) => apps.find((app) => app.clientId === clientId) ?? null,
    issueCode: (grant) => {
      const code = createSecret();
      codes.set(code, { ...grant, expiresAtMs: clock.now().getTime() + codeLifeMs });
      return code;
    },
    findCode: (code) => {
      const grant = codes.get(code);
      return grant !== undefined && grant.expiresAtMs > clock.now().getTime() ? grant : null;
    },
    useUpCode: (code) => void codes.delete(code),
    issueToken,
    findToken: (token) => tokens.find((each) => each.token === token) ?? null,
    revokeToken: (token) => {
      for (const each of tokens) if (each.token === token) each.state = 'revoked';
      save();
    },
    setStateOfAll: (state) => {
      for (const each of tokens) if (each.state !== 'revoked') each.state = state;
      save();
    },
  };
}

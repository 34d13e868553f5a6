import { publishingSchema } from './publishing.ts';
import { arrayOf, boolean, nullable, object, oneOf, string, type Static } from './schema.ts';

/** What a network lets us do. The server checks it before acting; the UI reads it before offering. */
export const capabilities = [
  'refresh',
  'revoke',
  'profile',
  'metrics',
  /** Follower lists with stable ids. Without it only counts and data exports exist. */
  'followers',
  /** A vanished follower can be looked up: suspended, deactivated and gone are told apart. */
  'follower-status',
  /** Data exports of this network can be imported. */
  'import',
  /** Posts can be published. */
  'publish',
  /** A published post can be deleted on the network. */
  'delete-post',
] as const;
export type Capability = (typeof capabilities)[number];

export const authKinds = ['oauth2', 'oauth2-instance', 'atproto', 'import-only'] as const;
export type AuthKind = (typeof authKinds)[number];

/** A network as the Connect screen needs it. */
export const networkSchema = object({
  id: string({ maxLength: 32 }),
  name: string({ maxLength: 64 }),
  authKind: oneOf(authKinds),
  capabilities: arrayOf(oneOf(capabilities)),
  /** Scopes with the reason we ask for each, in words. */
  scopes: arrayOf(object({ scope: string(), reason: string() })),
  /** False when the operator has set no credentials and no simulator runs. */
  available: boolean(),
  simulated: boolean(),
  /** Names of the settings an operator has to set, when not available. */
  missingSettings: arrayOf(string()),
  /** A plain sentence on what this network does not offer, or null. */
  limitation: nullable(string()),
  /** Also offers sign-in by app password (handle + password). */
  appPassword: boolean(),
  /** Needs the address of a server or a handle before consent can start. */
  asksFor: nullable(oneOf(['server', 'handle'])),
  /** How posts are taken; null where none are published from here. */
  publishing: nullable(publishingSchema),
});
export type Network = Static<typeof networkSchema>;

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
  /** What is counted on a published post can be read. */
  'post-metrics',
] as const;
export type Capability = (typeof capabilities)[number];

/** `import-only`: there is nothing to connect to, accounts are filled by data exports. */
export const authKinds = ['oauth2', 'import-only'] as const;
export type AuthKind = (typeof authKinds)[number];

/** How a person gets the data export out of the network, and what of it is sent here. */
export const exportGuideSchema = object({
  steps: arrayOf(string({ maxLength: 300 })),
  /** What to send, in words that a colon and `path` can follow. */
  files: string({ maxLength: 200 }),
  /** Where the files that count lie in the export. */
  path: string({ maxLength: 200 }),
});
export type ExportGuide = Static<typeof exportGuideSchema>;

/** A network as the Connect and the Import screen need it. */
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
  /** Also offers sign-in by app password (handle + password); `place` is where in its settings one is made. */
  appPassword: nullable(object({ place: string(), handleExample: string(), passwordExample: string() })),
  /** Needs the address of a server or a handle before consent can start. */
  asksFor: nullable(object({ kind: oneOf(['server', 'handle']), example: string() })),
  /** How to ask for a data export; null where none can be imported. */
  exportGuide: nullable(exportGuideSchema),
  /** How posts are taken; null where none are published from here. */
  publishing: nullable(publishingSchema),
});
export type Network = Static<typeof networkSchema>;

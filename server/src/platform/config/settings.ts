/** One setting of the operator: what the reference page and the error messages are written from. */
export interface Setting {
  readonly name: string;
  readonly meaning: string;
  /** Text form; null when unset is a value of its own. */
  readonly default: string | null;
  readonly isSecret: boolean;
}

/** Every environment variable that Rookery reads. */
export const settings = [
  { name: 'NODE_ENV', meaning: '`production` turns off simulated networks and demands https and explicit keys.', default: 'development', isSecret: false },
  { name: 'HOST', meaning: 'Address to listen on.', default: '127.0.0.1', isSecret: false },
  { name: 'PORT', meaning: 'Port to listen on; the simulated networks use the next ones.', default: '8390', isSecret: false },
  { name: 'BASE_URL', meaning: 'Public address of this server as browsers see it, without trailing slash.', default: 'http://127.0.0.1:PORT', isSecret: false },
  { name: 'ALLOWED_HOSTS', meaning: 'Further host names served, comma-separated; the host of BASE_URL always is.', default: '', isSecret: false },
  { name: 'CORS_ORIGINS', meaning: 'Origins whose pages may call the API, comma-separated, exact.', default: '', isSecret: false },
  { name: 'TRUSTED_PROXIES', meaning: 'Addresses of reverse proxies whose X-Forwarded-* headers count, comma-separated.', default: '', isSecret: false },
  { name: 'ROOKERY_DATA_DIR', meaning: 'Folder for the embedded database, keys and uploads.', default: './data', isSecret: false },
  { name: 'ROOKERY_ROLES', meaning: 'What this process does: any of web, worker, scheduler, comma-separated.', default: 'web,worker,scheduler', isSecret: false },
  { name: 'ROOKERY_SIGN_UP', meaning: 'After the first user: `invitation` or `open`.', default: 'invitation', isSecret: false },
  { name: 'ROOKERY_SIMULATED', meaning: '`on` simulates networks without credentials, `off` does not. Always off in production.', default: 'on', isSecret: false },
  { name: 'ROOKERY_SIMULATOR_CONTROL', meaning: '`on` opens the control surface of the simulated networks, for tests.', default: 'off', isSecret: false },
  { name: 'DATABASE_URL', meaning: 'PostgreSQL 15 or newer with the right to create roles; unset starts an embedded one.', default: null, isSecret: true },
  { name: 'DATABASE_APP_URL', meaning: 'Same database, a login that is a member of rookery_app only; unset uses DATABASE_URL and steps down to that role.', default: null, isSecret: true },
  { name: 'DATABASE_WORKER_URL', meaning: 'Same database, a login that is a member of rookery_worker only.', default: null, isSecret: true },
  { name: 'DATABASE_POOL_MAX', meaning: 'Connections of the web role; the worker role takes half.', default: '10', isSecret: false },
  { name: 'REDIS_URL', meaning: 'Redis or Valkey for rate limits, `redis://` or `rediss://`; several addresses, or `?cluster=true`, are a cluster. Unset: counted without.', default: null, isSecret: true },
  { name: 'ROOKERY_RATE_LIMITS', meaning: '`off` lets every call through, for tests and load tests. Always on in production.', default: 'on', isSecret: false },
  { name: 'S3_BUCKET', meaning: 'Private bucket of its own for the files of images and videos; unset keeps them in the data folder.', default: null, isSecret: false },
  { name: 'S3_ENDPOINT', meaning: 'Address of the S3 store without the bucket; unset is that of Amazon in S3_REGION.', default: null, isSecret: false },
  { name: 'S3_REGION', meaning: 'Region that requests are signed for; many stores of others take any.', default: 'us-east-1', isSecret: false },
  { name: 'S3_ACCESS_KEY_ID', meaning: 'Key that may list, read, write and delete in the bucket.', default: null, isSecret: false },
  { name: 'S3_SECRET_ACCESS_KEY', meaning: 'The secret of that key.', default: null, isSecret: true },
  { name: 'S3_FORCE_PATH_STYLE', meaning: '`on` names the bucket in the path instead of the host name, as most stores of your own want it.', default: 'off', isSecret: false },
  { name: 'ENCRYPTION_KEY', meaning: 'Fernet key that encrypts tokens (44 characters). Unset: made on first start, kept in the data folder.', default: null, isSecret: true },
  { name: 'ENCRYPTION_KEYS', meaning: 'Fernet keys, newest first, comma-separated, while rotating; ENCRYPTION_KEY need not be repeated.', default: '', isSecret: true },
  { name: 'SECRET_KEY', meaning: 'At least 50 characters; signs CSRF tokens and keys the hashes of follower ids. Unset: made on first start.', default: null, isSecret: true },
  { name: 'AUDIT_ANCHOR_FILE', meaning: 'File, best on another machine, that a signed checkpoint of the audit trail is added to at most once a minute.', default: null, isSecret: false },
  { name: 'LOG_LEVEL', meaning: 'debug, info, warn, error or silent. Unset: info in production, else warn.', default: null, isSecret: false },
  { name: 'X_CLIENT_ID', meaning: 'OAuth 2 client id of your X app.', default: null, isSecret: false },
  { name: 'X_CLIENT_SECRET', meaning: 'OAuth 2 client secret of your X app.', default: null, isSecret: true },
  { name: 'INSTAGRAM_APP_ID', meaning: 'App id of your Instagram app (Instagram Login).', default: null, isSecret: false },
  { name: 'INSTAGRAM_APP_SECRET', meaning: 'App secret of your Instagram app.', default: null, isSecret: true },
  { name: 'BLUESKY_ENABLED', meaning: '`on` connects to the real Bluesky network; needs no credentials.', default: 'off', isSecret: false },
  { name: 'BLUESKY_CLIENT_KEY', meaning: 'Private ES256 key as JSON (a JWK with a `kid`): sessions on Bluesky then last longer. Optional.', default: null, isSecret: true },
  { name: 'MASTODON_ENABLED', meaning: '`on` connects to real Mastodon servers; Rookery registers itself at each.', default: 'off', isSecret: false },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];
export type Environment = Readonly<Record<string, string | undefined>>;

import { resolve } from 'node:path';
import type { S3Place } from '../blobs/s3-blobs.ts';
import { parseFernetKey } from '../crypto/fernet.ts';
import { readRedisPlace } from '../ratelimit/redis-place.ts';
import { settings, type Environment, type SettingName } from './settings.ts';

export type ProcessRole = 'web' | 'worker' | 'scheduler';

/** The configuration of one process, checked. */
export interface Config {
  readonly isProduction: boolean;
  readonly host: string;
  readonly port: number;
  readonly baseUrl: string;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly dataDirectory: string;
  readonly roles: ReadonlySet<ProcessRole>;
  readonly signUp: 'invitation' | 'open';
  readonly isSimulating: boolean;
  readonly hasSimulatorControl: boolean;
  readonly databaseUrl: string | null;
  readonly databaseAppUrl: string | null;
  readonly databaseWorkerUrl: string | null;
  readonly databasePoolMax: number;
  readonly redisUrl: string | null;
  readonly hasRateLimits: boolean;
  /** Where the files of images lie; null: in the data folder. */
  readonly s3: S3Place | null;
  /** Newest first; empty when the keys are kept in the data folder. */
  readonly encryptionKeys: readonly string[];
  readonly secretKey: string | null;
  /** File that checkpoints of the audit trail are added to; it should lie on another machine. */
  readonly auditAnchorFile: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Settings of networks by name. */
  readonly networkSettings: Readonly<Record<string, string | undefined>>;
}

/** All problems of a configuration at once, each a sentence that names the setting. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((line) => `  - ${line}`).join('\n')}`, options);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Reads and checks the environment. Throws ConfigError with every problem found. */
export function loadConfig(environment: Environment = process.env): Config {
  const problems: string[] = [];
  const read = createReader(environment, problems);
  const port = read.integer('PORT', 0, 65_535);
  const isProduction = read.text('NODE_ENV') === 'production';
  const config: Config = {
    isProduction,
    host: read.text('HOST'),
    port,
    baseUrl: read.baseUrl(port),
    allowedHosts: read.list('ALLOWED_HOSTS'),
    corsOrigins: read.list('CORS_ORIGINS'),
    trustedProxies: read.list('TRUSTED_PROXIES'),
    dataDirectory: resolve(read.text('ROOKERY_DATA_DIR')),
    roles: new Set(read.words('ROOKERY_ROLES', ['web', 'worker', 'scheduler'])),
    signUp: read.word('ROOKERY_SIGN_UP', ['invitation', 'open']),
    isSimulating: !isProduction && read.word('ROOKERY_SIMULATED', ['on', 'off']) === 'on',
    hasSimulatorControl: !isProduction && read.word('ROOKERY_SIMULATOR_CONTROL', ['on', 'off']) === 'on',
    databaseUrl: read.url('DATABASE_URL'),
    databaseAppUrl: read.url('DATABASE_APP_URL'),
    databaseWorkerUrl: read.url('DATABASE_WORKER_URL'),
    databasePoolMax: read.integer('DATABASE_POOL_MAX', 2, 500),
    redisUrl: read.optional('REDIS_URL'),
    s3: readS3(read, problems),
    hasRateLimits: read.word('ROOKERY_RATE_LIMITS', ['on', 'off']) === 'on',
    encryptionKeys: [...new Set([...read.list('ENCRYPTION_KEYS'), ...read.list('ENCRYPTION_KEY')])],
    secretKey: read.optional('SECRET_KEY'),
    auditAnchorFile: read.optional('AUDIT_ANCHOR_FILE'),
    logLevel: read.optional('LOG_LEVEL') === null ? (isProduction ? 'info' : 'warn') : read.word('LOG_LEVEL', ['debug', 'info', 'warn', 'error', 'silent']),
    networkSettings: environment,
  };
  problems.push(...keyProblems('ENCRYPTION_KEY', read.list('ENCRYPTION_KEY')), ...keyProblems('ENCRYPTION_KEYS', read.list('ENCRYPTION_KEYS')));
  if (isProduction) problems.push(...productionProblems(config));
  if (config.redisUrl !== null && readRedisPlace(config.redisUrl) === null) problems.push('REDIS_URL must begin with redis:// or rediss://, as redis://127.0.0.1:6379');
  if (config.secretKey !== null && config.secretKey.length < 50) problems.push('SECRET_KEY must have at least 50 characters.');
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The configuration of `npm run demo`: a data folder and a database of its own, so that it never touches real ones. */
export function loadDemoConfig(environment: Environment = process.env): Config {
  const own = { DATABASE_URL: '', DATABASE_APP_URL: '', DATABASE_WORKER_URL: '' };
  return loadConfig({ ...environment, ...own, ROOKERY_DATA_DIR: environment['ROOKERY_DATA_DIR'] ?? './data/demo' });
}

/** A bucket needs all of its settings: half of them would be noticed at the first upload only. */
function readS3(read: ReturnType<typeof createReader>, problems: string[]): S3Place | null {
  const [bucket, accessKeyId, secretAccessKey] = (['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const).map((name) => read.optional(name));
  const endpoint = read.optional('S3_ENDPOINT');
  const isPathStyle = read.word('S3_FORCE_PATH_STYLE', ['on', 'off']) === 'on';
  const region = read.text('S3_REGION');
  if ([bucket, accessKeyId, secretAccessKey, endpoint].every((value) => value === null || value === undefined)) return null;
  if (bucket === null || bucket === undefined) problems.push('S3_BUCKET must be set too, or the other S3_ settings removed.');
  else if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) problems.push('S3_BUCKET must be a name of 3 to 63 lower-case letters, digits, hyphens and dots.');
  if (accessKeyId === null) problems.push('S3_ACCESS_KEY_ID must be set too, or the other S3_ settings removed.');
  if (secretAccessKey === null) problems.push('S3_SECRET_ACCESS_KEY must be set too, or the other S3_ settings removed.');
  if (endpoint !== null && !/^https?:\/\/[^/?#@]+\/?$/.test(endpoint)) problems.push('S3_ENDPOINT must be an http(s) address without a path, as https://s3.eu-central-1.amazonaws.com');
  return {
    bucket: bucket ?? '', accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '', region, isPathStyle,
    endpoint: (endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/$/, ''),
  };
}

/** The form of each key, without a word of it. */
function keyProblems(name: 'ENCRYPTION_KEY' | 'ENCRYPTION_KEYS', keys: readonly string[]): string[] {
  const isRight = (text: string): boolean => {
    try {
      parseFernetKey(text);
      return true;
    } catch {
      return false;
    }
  };
  const advice = 'must be 32 bytes in URL-safe Base64 (44 characters); make one with: npm run rookery -- keys generate';
  return keys.flatMap((text, index) => {
    const which = keys.length === 1 ? name : `${name}: key ${index + 1} of ${keys.length}`;
    return isRight(text) ? [] : [`${which} ${advice}. This one has ${text.length} characters.`];
  });
}

function productionProblems(config: Config): string[] {
  const problems: string[] = [];
  if (!config.baseUrl.startsWith('https://')) problems.push('BASE_URL must begin with https:// in production.');
  if (config.encryptionKeys.length === 0) problems.push('ENCRYPTION_KEY must be set in production; make one with: npm run rookery -- keys generate');
  if (config.secretKey === null) problems.push('SECRET_KEY must be set in production: at least 50 random characters.');
  if (!config.hasRateLimits) problems.push('ROOKERY_RATE_LIMITS must be on in production.');
  return problems;
}

function createReader(environment: Environment, problems: string[]) {
  const defaults = new Map(settings.map((setting) => [setting.name, setting.default]));
  const optional = (name: SettingName): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? (defaults.get(name) ?? null) : value;
  };
  const text = (name: SettingName): string => optional(name) ?? '';
  const list = (name: SettingName): string[] => text(name).split(',').map((item) => item.trim()).filter((item) => item !== '');
  const word = <const Word extends string>(name: SettingName, words: readonly [Word, ...Word[]]): Word => {
    const found = words.find((candidate) => candidate === text(name));
    if (found === undefined) problems.push(`${name} must be one of ${words.join(', ')}; it is "${text(name)}".`);
    return found ?? words[0];
  };
  const words = <const Word extends string>(name: SettingName, allowed: readonly Word[]): Word[] => {
    const unknown = list(name).filter((item) => !allowed.some((candidate) => candidate === item));
    if (unknown.length > 0) problems.push(`${name} knows ${allowed.join(', ')}; not "${unknown.join(', ')}".`);
    return allowed.filter((candidate) => list(name).includes(candidate));
  };
  const integer = (name: SettingName, min: number, max: number): number => {
    const value = Number(text(name));
    if (!Number.isInteger(value) || value < min || value > max) problems.push(`${name} must be a whole number from ${min} to ${max}; it is "${text(name)}".`);
    return value;
  };
  const url = (name: SettingName): string | null => {
    const value = optional(name);
    if (value !== null && !/^postgres(ql)?:\/\//.test(value)) problems.push(`${name} must begin with postgres://`);
    return value;
  };
  const baseUrl = (port: number): string => {
    const value = environment['BASE_URL']?.trim().replace(/\/+$/, '');
    if (value === undefined || value === '') return `http://127.0.0.1:${port}`;
    if (!/^https?:\/\/[^/?#@]+$/.test(value)) problems.push('BASE_URL must be an http(s) address without a path, as https://rookery.example.org');
    return value;
  };
  return { optional, text, list, word, words, integer, url, baseUrl };
}

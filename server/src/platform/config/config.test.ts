import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateFernetKey } from '../crypto/fernet.ts';
import { ConfigError, loadConfig } from './config.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
}

test('nothing need be set for a start at home', () => {
  const config = loadConfig({});
  assert.deepEqual([config.baseUrl, config.isSimulating, config.hasSimulatorControl, config.signUp], ['http://127.0.0.1:8390', true, false, 'invitation']);
});

test('a key of the wrong form is told among the problems, without a word of it', () => {
  const short = generateFernetKey().slice(0, 40);
  const [problem, second, ...others] = problemsOf({ ENCRYPTION_KEY: short, ENCRYPTION_KEYS: `${generateFernetKey()}, not*base64` });
  assert.match(problem ?? '', /^ENCRYPTION_KEY must be 32 bytes in URL-safe Base64 .* This one has 40 characters\.$/);
  assert.match(second ?? '', /^ENCRYPTION_KEYS: key 2 of 2 must be 32 bytes/);
  assert.deepEqual([others, problem?.includes(short)], [[], false]);
});

test('all problems are told at once, each naming its setting', () => {
  const problems = problemsOf({
    PORT: '70000', ROOKERY_ROLES: 'web,cook', ROOKERY_SIGN_UP: 'maybe', DATABASE_URL: 'mysql://x', BASE_URL: 'ftp://x', DATABASE_POOL_MAX: '1', SECRET_KEY: 'short',
  });
  for (const name of ['PORT', 'ROOKERY_ROLES', 'ROOKERY_SIGN_UP', 'DATABASE_URL', 'BASE_URL', 'DATABASE_POOL_MAX', 'SECRET_KEY']) {
    assert.equal(problems.filter((line) => line.startsWith(name)).length, 1, name);
  }
  assert.equal(problems.length, 7);
});

test('production demands https and explicit keys, and never simulates', () => {
  assert.deepEqual(problemsOf({ NODE_ENV: 'production' }).map((line) => line.split(' ')[0]), ['BASE_URL', 'ENCRYPTION_KEY', 'SECRET_KEY']);
  const config = loadConfig({
    NODE_ENV: 'production', BASE_URL: 'https://rookery.example.org/', ENCRYPTION_KEY: generateFernetKey(), SECRET_KEY: 'x'.repeat(50),
    ROOKERY_SIMULATED: 'on', ROOKERY_SIMULATOR_CONTROL: 'on',
  });
  assert.deepEqual([config.isSimulating, config.hasSimulatorControl, config.baseUrl], [false, false, 'https://rookery.example.org']);
});

test('no problem repeats a secret', () => {
  const secrets = { SECRET_KEY: 'hunter2-hunter2', DATABASE_URL: 'mysql://me:hunter2@db/x' };
  assert.ok(problemsOf(secrets).length === 2);
  assert.ok(!problemsOf(secrets).join(' ').includes('hunter2'));
});

test('while keys rotate, the list comes first and a repeated key counts once', () => {
  const [fresh, old] = [generateFernetKey(), generateFernetKey()];
  assert.deepEqual(loadConfig({ ENCRYPTION_KEYS: `${fresh}, ${old}`, ENCRYPTION_KEY: old }).encryptionKeys, [fresh, old]);
});

test('rate limits are on, can be turned off for tests, and never in production', () => {
  assert.equal(loadConfig({}).hasRateLimits, true);
  assert.equal(loadConfig({ ROOKERY_RATE_LIMITS: 'off' }).hasRateLimits, false);
  assert.ok(problemsOf({ NODE_ENV: 'production', ROOKERY_RATE_LIMITS: 'off' }).some((line) => line.startsWith('ROOKERY_RATE_LIMITS')));
});

test('a bucket has all of its settings or none', () => {
  const whole = { S3_BUCKET: 'images', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'hunter2' };
  assert.equal(loadConfig({ S3_REGION: 'eu-west-1' }).s3, null);
  assert.equal(loadConfig({ ...whole, S3_REGION: 'eu-west-1' }).s3?.endpoint, 'https://s3.eu-west-1.amazonaws.com');
  assert.equal(loadConfig({ ...whole, S3_ENDPOINT: 'http://127.0.0.1:9000/' }).s3?.endpoint, 'http://127.0.0.1:9000');
  for (const name of ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']) assert.deepEqual(problemsOf({ ...whole, [name]: '' }).map((line) => line.split(' ')[0]), [name]);
  const wrong = problemsOf({ ...whole, S3_BUCKET: 'Images', S3_ENDPOINT: 's3.example.org/bucket', S3_FORCE_PATH_STYLE: 'yes' });
  assert.deepEqual(wrong.map((line) => line.split(' ')[0]), ['S3_FORCE_PATH_STYLE', 'S3_BUCKET', 'S3_ENDPOINT']);
  assert.ok(!wrong.join(' ').includes('hunter2'));
});

test('REDIS_URL is one server, or a cluster', () => {
  for (const good of ['redis://127.0.0.1:6379', 'rediss://me:secret@cache.example/2', 'redis://a:1,redis://b:2', 'redis://a/?cluster=true']) {
    assert.equal(loadConfig({ REDIS_URL: good }).redisUrl, good);
  }
  for (const bad of ['http://127.0.0.1', 'redis://', 'redis://a,b', 'cache:6379']) {
    assert.deepEqual(problemsOf({ REDIS_URL: bad }).map((line) => line.split(' ')[0]), ['REDIS_URL']);
  }
});

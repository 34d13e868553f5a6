import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ConfigError, type Config } from '../config/config.ts';
import type { Logger } from '../observability/logger.ts';
import type { Blobs } from './blobs.ts';
import { createDiskBlobs } from './disk-blobs.ts';
import { createS3Blobs, S3Refusal, type S3Place, type S3Timing } from './s3-blobs.ts';

/** The store that the configuration names: a bucket, else a folder in the data folder. Throws ConfigError when the bucket refuses us. */
export async function openBlobs(config: Pick<Config, 's3' | 'dataDirectory'>, log: Logger, timing?: S3Timing): Promise<Blobs> {
  if (config.s3 === null) return createDiskBlobs(join(config.dataDirectory, 'blobs'));
  const blobs = createS3Blobs(config.s3, timing);
  await tryOut(blobs, config.s3, log);
  return blobs;
}

/** Does once what will be done all day: lists, writes, reads and deletes. */
async function tryOut(blobs: Blobs, place: S3Place, log: Logger): Promise<void> {
  const key = `probe/${randomBytes(8).toString('hex')}`;
  try {
    await blobs.firstNames()[Symbol.asyncIterator]().next();
    await blobs.put(key, Buffer.from('probe'));
    await blobs.stat(key);
    await blobs.delete(key);
  } catch (error) {
    if (error instanceof S3Refusal) throw new ConfigError([explain(error, place)], { cause: error });
    // Posts without images go out meanwhile, and the store may be back before the next one.
    log.warn({ endpoint: place.endpoint, error: error instanceof Error ? error.message : 'unknown' }, 'the S3 store does not answer');
  }
}

function explain({ status, code }: S3Refusal, { endpoint, bucket, region }: S3Place): string {
  const answer = `${endpoint} answered ${status}${code === '' ? '' : ` ${code}`}`;
  switch (code) {
    case 'InvalidAccessKeyId': return `S3_ACCESS_KEY_ID is unknown to the store: ${answer}.`;
    case 'SignatureDoesNotMatch': return `S3_SECRET_ACCESS_KEY does not belong to S3_ACCESS_KEY_ID: ${answer}.`;
    case 'NoSuchBucket': return `S3_BUCKET names a bucket that is not there, "${bucket}": ${answer}. Make it first, private, for Rookery alone.`;
    case 'RequestTimeTooSkewed': return `The clock of this server is wrong: ${answer}.`;
    case 'AccessDenied': return `The key of S3_ACCESS_KEY_ID may not list, read, write and delete in the bucket "${bucket}": ${answer}.`;
    default: break;
  }
  if (status >= 300 && status < 400) return `S3_REGION or S3_ENDPOINT is not where the bucket "${bucket}" is (S3_REGION is "${region}"): ${answer}.`;
  return `The settings S3_ENDPOINT, S3_BUCKET, S3_REGION and S3_FORCE_PATH_STYLE do not lead to a bucket that can be used: ${answer}.`;
}

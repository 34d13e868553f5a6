import { createHmac, timingSafeEqual } from 'node:crypto';
import { getPublicMedia } from '@rookery/contract/media.ts';
import type { Services } from '../context.ts';

/** What a public address is good for: one form of one image, until a moment. */
export interface Grant {
  readonly workspaceId: string;
  readonly mediaId: string;
  /** `file` for the image as it is kept. */
  readonly form: string;
}

const lifetimeMs = 3_600_000;
const idBytes = 16;
const timeBytes = 6;
const macBytes = 16;
const headBytes = idBytes * 2 + timeBytes;

/** An address that answers the form without a session for an hour. Whoever has it can fetch it: it is given to the network and nobody else. */
export function publicAddress(services: Pick<Services, 'config' | 'secretKey' | 'clock'>, grant: Grant): string {
  const head = Buffer.concat([idOf(grant.workspaceId), idOf(grant.mediaId), Buffer.alloc(timeBytes)]);
  head.writeUIntBE(services.clock.now().getTime() + lifetimeMs, idBytes * 2, timeBytes);
  const body = Buffer.concat([head, Buffer.from(grant.form)]);
  const token = Buffer.concat([sign(services.secretKey, body), body]).toString('base64url');
  return services.config.baseUrl + getPublicMedia.path.replace(':token', token);
}

/** What a token of such an address grants; null when it is over, bent or made up. */
export function readToken(services: Pick<Services, 'secretKey' | 'clock'>, token: string): Grant | null {
  const bytes = Buffer.from(token, 'base64url');
  const [mac, body] = [bytes.subarray(0, macBytes), bytes.subarray(macBytes)];
  if (body.length <= headBytes || !timingSafeEqual(mac, sign(services.secretKey, body))) return null;
  if (body.readUIntBE(idBytes * 2, timeBytes) <= services.clock.now().getTime()) return null;
  return { workspaceId: textOf(body.subarray(0, idBytes)), mediaId: textOf(body.subarray(idBytes, idBytes * 2)), form: body.subarray(headBytes).toString() };
}

function sign(secretKey: string, body: Buffer): Buffer {
  const key = createHmac('sha256', secretKey).update('rookery public media').digest();
  return createHmac('sha256', key).update(body).digest().subarray(0, macBytes);
}

function idOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function textOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { FieldError } from '@rookery/contract/errors.ts';
import { object } from '@rookery/contract/schema.ts';
import { AppError } from '../errors.ts';
import { parseJson } from './json-body.ts';
import { compileCoercion, parseQuery } from './query.ts';
import { checkAnnouncedLength, hasBody, limitBody, readBody } from './request-body.ts';
import { compileLoose, compileStrict, isPart } from './validation.ts';

const jsonType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const streamType = /^application\/octet-stream\s*$/i;
/** A stream may be half a gigabyte over a slow line. */
const streamTimeoutMs = 3_600_000;

interface BodyLimits {
  readonly bodyBytesMax: number;
  readonly bodyTimeoutMs: number;
}

/** The checks of one endpoint, compiled once at start-up. */
export interface EndpointChecks {
  readonly readParams: (params: unknown) => { texts: Record<string, string>; values: Record<string, unknown> };
  readonly readQuery: (target: string) => Record<string, unknown>;
  readonly readBody: (request: IncomingMessage) => Promise<{ value: unknown; stream: Readable | null }>;
  /** Throws when the reply does not fit its schema: better no answer than a wrong one. */
  readonly checkReply: (reply: unknown) => void;
}

/** Compiles an endpoint's schemas into checks that answer the value or throw an AppError naming each field. */
export function compileEndpoint(endpoint: Endpoint, limits: BodyLimits): EndpointChecks {
  return {
    readParams: compileParams(endpoint),
    readQuery: compileQuery(endpoint),
    readBody: endpoint.bodyKind === 'stream' ? streamReader(endpoint, limits) : jsonReader(endpoint, limits),
    checkReply: compileReply(endpoint),
  };
}

function refuse(fields: readonly FieldError[], mark: string): AppError {
  const named = fields.map((field) => (mark === '' ? field : { ...field, pointer: `${mark}${field.pointer.replace(/^\//, '')}` }));
  const detail = named.map(({ pointer, message }) => `${pointer === '' ? 'The body' : pointer}: ${message}`).join(' ');
  return new AppError('invalid-input', detail, { fields: named });
}

function compileParams(endpoint: Endpoint): EndpointChecks['readParams'] {
  const schema = endpoint.params ?? object({});
  const check = compileStrict(schema);
  const coerce = compileCoercion(schema);
  return (params) => {
    const texts: Record<string, string> = {};
    for (const [name, value] of Object.entries(isPart(params) ? params : {})) texts[name] = String(value);
    const values = coerce(texts);
    if (!check.fits(values)) throw refuse(check.explain(values), ':');
    return { texts, values };
  };
}

function compileQuery(endpoint: Endpoint): EndpointChecks['readQuery'] {
  const schema = endpoint.query ?? object({});
  const check = compileStrict(schema);
  const coerce = compileCoercion(schema);
  return (target) => {
    const values = coerce(parseQuery(target));
    if (!check.fits(values)) throw refuse(check.explain(values), '?');
    return values;
  };
}

function refuseEncoding(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new AppError('unsupported-type', 'Compressed request bodies are not accepted: send it without Content-Encoding.');
  }
}

function jsonReader(endpoint: Endpoint, limits: BodyLimits): EndpointChecks['readBody'] {
  const check = compileStrict(endpoint.body ?? object({}));
  const bytesMax = endpoint.bodyBytesMax ?? limits.bodyBytesMax;
  return async (request) => {
    if (!hasBody(request)) {
      if (endpoint.body === undefined) return { value: undefined, stream: null };
      throw new AppError('invalid-request', 'This needs a JSON body (Content-Type: application/json).');
    }
    refuseEncoding(request);
    if (!jsonType.test(request.headers['content-type'] ?? '')) {
      throw new AppError('unsupported-type', 'The body must be JSON in UTF-8 (Content-Type: application/json).');
    }
    const value = parseJson(await readBody(request, { bytesMax, timeoutMs: limits.bodyTimeoutMs }));
    if (!check.fits(value)) throw refuse(check.explain(value), '');
    return { value: endpoint.body === undefined ? undefined : value, stream: null };
  };
}

function streamReader(endpoint: Endpoint, limits: BodyLimits): EndpointChecks['readBody'] {
  const bytesMax = endpoint.bodyBytesMax ?? limits.bodyBytesMax;
  return async (request) => {
    if (!hasBody(request)) throw new AppError('invalid-request', 'This needs a body (Content-Type: application/octet-stream).');
    refuseEncoding(request);
    if (!streamType.test(request.headers['content-type'] ?? '')) {
      throw new AppError('unsupported-type', 'The body must be sent as it is (Content-Type: application/octet-stream).');
    }
    checkAnnouncedLength(request, bytesMax);
    return { value: undefined, stream: limitBody(request, { bytesMax, timeoutMs: streamTimeoutMs }) };
  };
}

function compileReply(endpoint: Endpoint): EndpointChecks['checkReply'] {
  if (endpoint.reply === undefined) return () => undefined;
  const check = compileLoose(endpoint.reply);
  return (reply) => {
    if (check.fits(reply)) return;
    const where = check.explain(reply).map(({ pointer, code }) => `${pointer} (${code})`).join(', ');
    throw new Error(`The reply of ${endpoint.id} does not fit its schema: ${where}`);
  };
}


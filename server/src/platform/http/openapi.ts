import type { Endpoint } from '@rookery/contract/endpoint.ts';
import { errorCodes } from '@rookery/contract/errors.ts';
import type { TSchema } from '@rookery/contract/schema.ts';
import { strictSchema, toPlain } from './validation.ts';

type Json = Record<string, unknown>;

const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The API as an OpenAPI 3.1 document; the same endpoints and version give the same document. */
export function buildOpenApi(endpoints: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeOperation(endpoint) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Rookery',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'State-changing calls need the session cookie and a token of GET /api/csrf in the header X-CSRFToken. ' +
        'Every failure is a problem (RFC 9457) with a stable `code`.',
    },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-rookery', description: 'Named `rookery` on plain http.' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRFToken' },
      },
    },
  };
}

function describeOperation(endpoint: Endpoint): Json {
  const isUnsafe = endpoint.method !== 'GET';
  return {
    operationId: endpoint.id,
    summary: endpoint.summary,
    security: describeSecurity(endpoint, isUnsafe),
    ...(endpoint.access === 'public' || endpoint.access === 'user' ? {} : { 'x-permission': endpoint.access }),
    ...(endpoint.rate === undefined ? {} : { 'x-rate-limit': { ...endpoint.rate } }),
    ...describeParameters(endpoint),
    ...describeBody(endpoint),
    responses: { ...describeReply(endpoint), default: { description: 'A problem', content: problemContent } },
  };
}

function describeSecurity(endpoint: Endpoint, isUnsafe: boolean): Json[] {
  const needed: Json = { ...(endpoint.access === 'public' ? {} : { session: [] }), ...(isUnsafe ? { csrf: [] } : {}) };
  return Object.keys(needed).length === 0 ? [] : [needed];
}

function describeParameters(endpoint: Endpoint): Json {
  const parameters = [...parametersOf(endpoint.params, 'path'), ...parametersOf(endpoint.query, 'query')];
  return parameters.length === 0 ? {} : { parameters };
}

function parametersOf(schema: TSchema | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties, required } = toPlain(schema);
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(Object(properties)).map(([name, part]) => ({
    name,
    in: place,
    required: place === 'path' || needed.has(name),
    schema: part,
  }));
}

function describeBody(endpoint: Endpoint): Json {
  if (endpoint.bodyKind === 'stream') {
    const schema = {
      type: 'string',
      format: 'binary',
      ...(endpoint.bodyBytesMax === undefined ? {} : { maxLength: endpoint.bodyBytesMax }),
    };
    return { requestBody: { required: true, content: { 'application/octet-stream': { schema } } } };
  }
  if (endpoint.body === undefined) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: strictSchema(endpoint.body) } } } };
}

function describeReply(endpoint: Endpoint): Json {
  switch (endpoint.replyKind) {
    case 'redirect':
      return { 303: { description: 'Continue at an address of this application', headers: { Location: { schema: { type: 'string' } } } } };
    case 'events':
      return { 200: { description: 'An event stream', content: { 'text/event-stream': { schema: { type: 'string' } } } } };
    case 'file': {
      const content = (endpoint.fileTypes ?? []).map((type) => [type, { schema: { type: 'string', format: 'binary' } }]);
      return { 200: { description: 'A file', content: Object.fromEntries(content) } };
    }
    default:
      return endpoint.reply === undefined
        ? { 204: { description: 'Done' } }
        : { 200: { description: 'Done', content: { 'application/json': { schema: toPlain(endpoint.reply) } } } };
  }
}

const fieldErrorSchema = {
  type: 'object',
  required: ['pointer', 'code', 'message'],
  properties: {
    pointer: { type: 'string', description: 'JSON pointer into the body, or `?name` / `:name` for query and path' },
    code: { type: 'string' },
    message: { type: 'string' },
  },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(errorCodes) },
    request_id: { type: 'string' },
    errors: { type: 'array', items: fieldErrorSchema },
    retry_after: { type: 'integer', description: 'Seconds until a retry makes sense' },
  },
};

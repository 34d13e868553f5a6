import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { AppError } from '../errors.ts';
import { preflightHeaders, type Origins } from './origins.ts';

const answeredMethods: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];

/** HEAD on the others would run their effects (an OAuth callback uses its state up, an export is written to the audit trail) for a head that says nothing. */
export function takesHead({ method, replyKind = 'json', isReadAudited = false }: Endpoint): boolean {
  return method === 'GET' && !isReadAudited && (replyKind === 'json' || replyKind === 'file');
}

/** For each path of the API: preflights of named origins, and 405 with `Allow` for what no endpoint takes. */
export function registerOtherMethods(server: FastifyInstance, endpoints: readonly Endpoint[], origins: Origins): void {
  for (const [path, methods] of methodsByPath(endpoints)) {
    const others = answeredMethods.filter((method) => !methods.includes(method));
    const allow = [...methods, 'OPTIONS'].join(', ');
    server.route({
      method: [...others],
      url: path,
      handler: (request, reply) => {
        const { origin } = request.headers;
        const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
        if (isPreflight && origin !== undefined && origins.foreign.has(origin)) {
          return reply.code(204).headers(preflightHeaders(methods)).send();
        }
        reply.header('Allow', allow);
        throw new AppError('method-not-allowed', `This address takes ${allow}.`);
      },
    });
  }
}

function methodsByPath(endpoints: readonly Endpoint[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const endpoint of endpoints) {
    const { path, method } = endpoint;
    const methods = paths.get(path) ?? [];
    methods.push(method);
    if (takesHead(endpoint)) methods.push('HEAD');
    paths.set(path, methods);
  }
  return paths;
}

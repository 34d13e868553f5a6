import type { Endpoint } from '@rookery/contract/endpoint.ts';
import { object } from '@rookery/contract/schema.ts';
import { compileCoercion } from '../platform/http/query.ts';
import type { RawRequest } from '../platform/http/testing.ts';
import { compileStrict } from '../platform/http/validation.ts';
import { anyValues, refusedBodies, refusedEncodings, refusedFragments, refusedSegments, textsFor } from './nasty-fixture.ts';
import { placesOf, toRequest, withBody, withValue, type Call, type Place } from './request-fixture.ts';

/** One hostile request. */
export interface Trial {
  readonly what: string;
  readonly request: RawRequest;
  /** The contract does not allow it: it must be refused. Else it may be. */
  readonly isRefused: boolean;
  /** The text that was put in, and where: if it is taken, it must come back as it is. */
  readonly text?: { readonly name: string; readonly value: string };
}

const json = 'application/json';
/** File names that are made fit for any file system. */
const cleaned: ReadonlySet<string> = new Set(['uploadMedia.name']);
const placeholder = 'here-goes-the-fragment';

/** Every hostile request that an endpoint's schemas give rise to; `cursors` are true ones that it has handed out. */
export function trialsOf(endpoint: Endpoint, call: Call, cursors: readonly string[]): Trial[] {
  const places = placesOf(endpoint);
  const inQuery = places.filter(({ where }) => where === 'query');
  return [
    ...places.filter(({ where }) => where === 'params').flatMap((place) => segmentTrials(endpoint, call, place)),
    ...queryShapes(endpoint, call, inQuery),
    ...inQuery.flatMap((place) => parameterTrials(endpoint, call, place, cursors)),
    ...(endpoint.bodyKind === 'stream' ? streamTrials(endpoint, call) : bodyShapes(endpoint, call)),
    ...onePerKind(places.filter(({ where }) => where === 'body')).flatMap((place) => memberTrials(endpoint, call, place)),
  ];
}

/** Of members with the same name and schema, which stand in several objects of one body, the first. */
function onePerKind(places: readonly Place[]): Place[] {
  return [...new Map(places.toReversed().map((place) => [JSON.stringify([place.name, place.part]), place])).values()];
}

function segmentTrials(endpoint: Endpoint, call: Call, place: Place): Trial[] {
  const check = compileStrict(endpoint.params ?? object({}));
  const shown = (value: string): RawRequest => {
    const request = toRequest(endpoint, withValue(call, place, placeholder));
    return { ...request, path: request.path.replace(placeholder, value) };
  };
  // Every path has the workspace in it: one check, many times. A network's name is a text like any other, refused by no form.
  const segments = place.part['pattern'] === undefined && place.part['enum'] === undefined ? [] : refusedSegments.filter((_each, index) => place.name !== 'workspaceId' || index % 4 === 0);
  const whole = textsFor(place.part, place.name).filter((text) => text !== '' && !text.includes('/') && text.length < 2000);
  return [
    ...segments.map((segment) => ({ what: `:${place.name}=${segment}`, request: shown(segment), isRefused: true })),
    ...(place.name === 'workspaceId' ? [] : whole).map((text) => ({
      what: `:${place.name}=${text}`, request: shown(encodeURIComponent(text)), isRefused: !check.fits({ ...call.params, [place.name]: text }),
    })),
  ];
}

function appendQuery(request: RawRequest, query: string): RawRequest {
  return { ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${query}` };
}

function queryShapes(endpoint: Endpoint, call: Call, places: readonly Place[]): Trial[] {
  const request = toRequest(endpoint, call);
  const twice = places.flatMap(({ name }) => [`${name}=1&${name}=1`, `${name}%5B%5D=1`, `${name}%5B__proto__%5D=1`]);
  const wide = Array.from({ length: 101 }, (_, index) => `q${index}=1`).join('&');
  return ['zzz=1', '__proto__=1', '__proto__%5BisAdmin%5D=1', 'constructor=1', '=1', wide, `zzz=${'a'.repeat(9000)}`, ...twice]
    .map((query) => ({ what: `?${query.slice(0, 60)}`, request: appendQuery(request, query), isRefused: true }));
}

function parameterTrials(endpoint: Endpoint, call: Call, place: Place, cursors: readonly string[]): Trial[] {
  const schema = endpoint.query ?? object({});
  const [check, coerce] = [compileStrict(schema), compileCoercion(schema)];
  const base = Object.fromEntries(Object.entries(call.query).filter(([name]) => name !== place.name).map(([name, value]) => [name, String(value)]));
  const bare = toRequest(endpoint, { ...call, query: base });
  const numbers = ['0', '-1', '1', '1.5', '1e3', '9007199254740993', '-0', ' 1', '0x10', 'true', 'TRUE', 'null', '[]', '{}'];
  const texts = new Set([...numbers, ...textsFor(place.part, place.name), ...(place.name === 'cursor' ? cursors.flatMap(bendCursor) : [])]);
  return [
    ...refusedEncodings.map((encoded) => ({ what: `?${place.name}=${encoded}`, request: appendQuery(bare, `${place.name}=${encoded}`), isRefused: true })),
    ...[...texts].filter((text) => text.length < 2500).map((text): Trial => ({
      what: `?${place.name}=${text}`, request: appendQuery(bare, `${place.name}=${encodeURIComponent(text)}`),
      isRefused: !check.fits(coerce({ ...base, [place.name]: text })),
      // What a filter says is not stored, and what is cleaned comes back as something else.
      ...(endpoint.method === 'GET' || cleaned.has(`${endpoint.id}.${place.name}`) ? {} : { text: { name: place.name, value: text } }),
    })),
  ];
}

/** Cursors that look like a true one. */
function bendCursor(cursor: string): string[] {
  return [
    cursor, cursor.replaceAll(/\d/g, '9'), cursor.replaceAll(/\d/g, '0'), cursor.replaceAll(/[0-9a-f](?=[0-9a-f-]*-)/g, '-'), cursor.slice(0, -1), `${cursor}0`, ` ${cursor}`,
    cursor.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '-'.repeat(36)), cursor.replace(/\d\d-\d\dT/, '02-30T'), cursor.replace(/\d\d-\d\dT/, '99-99T'),
  ];
}

function streamTrials(endpoint: Endpoint, call: Call): Trial[] {
  const target = toRequest(endpoint, { ...call, body: undefined });
  const packed = { ...target, headers: { 'content-encoding': 'gzip' } };
  return [
    { what: 'JSON for a stream', request: withBody(target, json, '{}'), isRefused: true },
    { what: 'no body', request: withBody(target, 'application/octet-stream', ''), isRefused: true },
    { what: 'a form', request: withBody(target, 'multipart/form-data; boundary=x', '--x--'), isRefused: true },
    { what: 'compressed', request: withBody(packed, 'application/octet-stream', 'x'), isRefused: true },
  ];
}

function bodyShapes(endpoint: Endpoint, call: Call): Trial[] {
  const target = toRequest(endpoint, { ...call, body: undefined });
  // Where none belongs, the code is one and the same: a few are enough.
  const bodies = refusedBodies.filter((_each, index) => endpoint.body !== undefined || index % 5 === 0);
  const valid = JSON.stringify(call.body ?? {});
  const packed = { ...target, headers: { 'content-encoding': 'gzip' } };
  return [
    ...bodies.map(([what, body]) => ({ what: `body: ${what}`, request: withBody(target, json, body), isRefused: true })),
    { what: 'body: text/plain', request: withBody(target, 'text/plain', valid), isRefused: true },
    { what: 'body: a form', request: withBody(target, 'application/x-www-form-urlencoded', 'a=1'), isRefused: true },
    { what: 'body: compressed', request: withBody(packed, json, valid), isRefused: true },
    ...(endpoint.body === undefined ? [] : [{ what: 'no body', request: target, isRefused: true }]),
  ];
}

function memberTrials(endpoint: Endpoint, call: Call, place: Place): Trial[] {
  const target = toRequest(endpoint, { ...call, body: undefined });
  const check = compileStrict(endpoint.body ?? object({}));
  const name = `/${place.path.join('/')}`;
  const trial = (what: string, value: unknown): Trial => {
    const { body } = withValue(call, place, value);
    const isRefused = !check.fits(JSON.parse(JSON.stringify(body)));
    return {
      what: `${name}: ${what}`, request: withBody(target, json, JSON.stringify(body)), isRefused,
      ...(typeof value === 'string' ? { text: { name: place.name, value } } : {}),
    };
  };
  const texts = textsFor(place.part, place.name);
  return [
    trial('missing', undefined),
    ...anyValues.map((value) => trial(JSON.stringify(value), value)),
    ...texts.map((text) => trial(JSON.stringify(text.slice(0, 60)), text)),
    // The scanner of JSON knows no depth: deep inside a few are enough.
    ...refusedFragments.filter((_each, index) => place.path.length === 1 || index % 5 === 0).map(([what, fragment]) => ({
      what: `${name}: ${what}`, isRefused: true, request: withBody(target, json, insert(withValue(call, place, placeholder).body, fragment)),
    })),
  ];
}

/** The body as JSON with a piece of text, which need not be JSON, in the place of the placeholder. */
function insert(body: unknown, fragment: string | Buffer): Buffer {
  const [before = '', after = ''] = JSON.stringify(body).split(`"${placeholder}"`);
  return Buffer.concat([Buffer.from(before), Buffer.from(fragment), Buffer.from(after)]);
}

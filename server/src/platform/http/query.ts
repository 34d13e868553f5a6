import type { TSchema } from '@rookery/contract/schema.ts';
import { AppError } from '../errors.ts';
import { hasControlCharacter } from './json-body.ts';
import { isPart, toPlain } from './validation.ts';

const keysMax = 100;
const integerPattern = /^-?\d{1,16}$/;
const numberPattern = /^-?\d{1,16}(\.\d{1,16})?$/;

/** The query part of a request target as names and texts; `invalid-request` when it is malformed, repeats a name or is too wide. */
export function parseQuery(target: string): Record<string, string> {
  const at = target.indexOf('?');
  const query = new Map<string, string>();
  if (at === -1 || at === target.length - 1) return {};
  for (const pair of target.slice(at + 1).split('&', keysMax + 1)) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (query.has(name)) throw new AppError('invalid-request', 'A query parameter is given twice.');
    query.set(name, value);
    if (query.size > keysMax) throw new AppError('invalid-request', `There are more than ${keysMax} query parameters.`);
  }
  return Object.fromEntries(query);
}

function decode(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part.replaceAll('+', ' '));
  } catch (error) {
    throw new AppError('invalid-request', 'The query is not valid percent-encoded UTF-8.', { cause: error });
  }
  if (hasControlCharacter(text)) throw new AppError('invalid-request', 'The query holds a control character.');
  return text;
}

export type Coercion = (values: Readonly<Record<string, string>>) => Record<string, unknown>;

/** Turns texts into the numbers and booleans that an object schema asks for; what does not look like one stays text and is refused. */
export function compileCoercion(schema: TSchema): Coercion {
  const { properties } = toPlain(schema);
  const readers = new Map<string, (text: string) => unknown>();
  for (const [name, part] of Object.entries(isPart(properties) ? properties : {})) {
    const reader = isPart(part) ? readerOf(part['type']) : undefined;
    if (reader !== undefined) readers.set(name, reader);
  }
  return (values) => Object.fromEntries(Object.entries(values).map(([name, text]) => [name, readers.get(name)?.(text) ?? text]));
}

function readerOf(type: unknown): ((text: string) => unknown) | undefined {
  if (type === 'integer') return (text) => (integerPattern.test(text) ? Number(text) : text);
  if (type === 'number') return (text) => (numberPattern.test(text) ? Number(text) : text);
  if (type === 'boolean') return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  return undefined;
}

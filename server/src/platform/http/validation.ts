import type { FieldError } from '@rookery/contract/errors.ts';
import type { TSchema } from '@rookery/contract/schema.ts';
import { Compile } from 'typebox/compile';
import { Format } from 'typebox/format';
import { isInstant } from '../instant.ts';
import { escapePointer } from './json-body.ts';

// The library's own takes offsets and the year 0, at which the database stops.
Format.Set('date-time', isInstant);

type SchemaPart = Record<string, unknown>;

export interface Check {
  readonly fits: (value: unknown) => boolean;
  /** The fields that do not fit, at most a handful; empty when all does. */
  readonly explain: (value: unknown) => FieldError[];
}

/** A checker that refuses members the schema does not name, at every level: nothing can be assigned by the way. */
export function compileStrict(schema: TSchema): Check {
  return compile(strictSchema(schema));
}

/** The schema as input is checked against: members that it does not name are refused. */
export function strictSchema(schema: TSchema): SchemaPart {
  return closeObjects(toPlain(schema));
}

/** A checker that lets further members be; for replies, where the serialiser drops them. */
export function compileLoose(schema: TSchema): Check {
  return compile(toPlain(schema));
}

function compile(schema: SchemaPart): Check {
  const validator = Compile(schema);
  return {
    fits: (value) => validator.Check(value),
    explain: (value) => explain(validator.Errors(value)),
  };
}

/** The schema as plain JSON, without the builder's hidden marks. */
export function toPlain(schema: TSchema): SchemaPart {
  return asPart(JSON.parse(JSON.stringify(schema)));
}

/** Applies a change to a schema and every schema inside it, innermost first. */
export function mapSchema(schema: SchemaPart, change: (part: SchemaPart) => SchemaPart): SchemaPart {
  const inner: SchemaPart = { ...schema };
  for (const word of ['items', 'additionalProperties']) {
    if (isPart(inner[word])) inner[word] = mapSchema(inner[word], change);
  }
  for (const word of ['properties', 'patternProperties']) {
    if (!isPart(inner[word])) continue;
    inner[word] = Object.fromEntries(Object.entries(inner[word]).map(([name, part]) => [name, mapSchema(asPart(part), change)]));
  }
  if (Array.isArray(inner['anyOf'])) inner['anyOf'] = inner['anyOf'].map((part) => mapSchema(asPart(part), change));
  return change(inner);
}

function closeObjects(schema: SchemaPart): SchemaPart {
  return mapSchema(schema, (part) =>
    'properties' in part && !('additionalProperties' in part) ? { ...part, additionalProperties: false } : part,
  );
}

export function isPart(value: unknown): value is SchemaPart {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Guarantee: called on what stands where JSON Schema has a schema object; anything else stops the start-up here.
function asPart(value: unknown): SchemaPart {
  if (!isPart(value)) throw new Error('A schema holds something that is no schema.');
  return value;
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

function explain(errors: readonly SchemaError[]): FieldError[] {
  const fields = errors.flatMap(toFields);
  // An alternative that failed reports itself and each of its parts: one line a field is enough, the first is the most exact.
  return fields.filter((field, at) => fields.findIndex((other) => other.pointer === field.pointer) === at);
}

function toFields(error: SchemaError): FieldError[] {
  const { keyword, instancePath } = error;
  const params: SchemaPart = { ...error.params };
  if (keyword === 'required')
    return names(params['requiredProperties']).map((name) => field(`${instancePath}/${name}`, 'required', 'This is needed.'));
  if (keyword === 'additionalProperties') {
    return names(params['additionalProperties']).map((name) => field(`${instancePath}/${name}`, 'unknown', 'This is not a field here.'));
  }
  if (keyword === 'boolean') return [];
  return [field(instancePath, keyword, describe(keyword, params))];
}

function field(pointer: string, code: string, message: string): FieldError {
  return { pointer, code, message };
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.map((name) => escapePointer(String(name))) : [];
}

const typeWords: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function describe(keyword: string, params: SchemaPart): string {
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return `This must be ${typeWords[String(params['type'])] ?? String(params['type'])}.`;
    case 'minLength':
      return limit === '1' ? 'This can not be empty.' : `This must have at least ${limit} characters.`;
    case 'maxLength':
      return `This can have at most ${limit} characters.`;
    case 'minimum':
      return `This must be at least ${limit}.`;
    case 'maximum':
      return `This can be at most ${limit}.`;
    case 'enum':
      return `This must be one of: ${Array.isArray(params['allowedValues']) ? params['allowedValues'].join(', ') : ''}.`;
    case 'const':
      return `This must be ${JSON.stringify(params['allowedValue'])}.`;
    case 'format':
      return params['format'] === 'date-time'
        ? 'This must be an instant such as 2026-11-24T09:00:00.000Z.'
        : `This must be a ${String(params['format'])}.`;
    default:
      return 'This is not in the expected form.';
  }
}

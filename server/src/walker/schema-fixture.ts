import { randomBytes, randomUUID } from 'node:crypto';
import type { TSchema } from '@rookery/contract/schema.ts';
import { isPart, toPlain } from '../platform/http/validation.ts';

/** A schema as plain JSON. */
export type Part = Record<string, unknown>;

export type Path = readonly (string | number)[];

/** One place of a schema that takes a value. */
export interface Field {
  readonly path: Path;
  /** The member's own name. */
  readonly name: string;
  readonly part: Part;
  readonly isRequired: boolean;
}

/** Answers the value for an id field of this name; throws when it knows none. */
export type IdSource = (name: string) => string;

/** The schema as plain JSON; an object without members where there is none. */
export function plain(schema: TSchema | undefined): Part {
  return schema === undefined ? {} : toPlain(schema);
}

export function propertiesOf(part: Part): [string, Part][] {
  const { properties } = part;
  return isPart(properties) ? Object.entries(properties).flatMap(([name, inner]) => (isPart(inner) ? [[name, inner] as [string, Part]] : [])) : [];
}

function isRequired(part: Part, name: string): boolean {
  return Array.isArray(part['required']) && part['required'].includes(name);
}

function variantsOf(part: Part): Part[] {
  return Array.isArray(part['anyOf']) ? part['anyOf'].filter(isPart) : [];
}

/** Every member of an object schema and of the objects and lists within it. */
export function fieldsOf(part: Part, path: Path = []): Field[] {
  const own = propertiesOf(part).flatMap(([name, inner]): Field[] => {
    const at = [...path, name];
    return [{ path: at, name, part: inner, isRequired: isRequired(part, name) }, ...fieldsOf(inner, at)];
  });
  const items = isPart(part['items']) ? fieldsOf(part['items'], [...path, 0]) : [];
  return [...own, ...items, ...variantsOf(part).flatMap((variant) => fieldsOf(variant, path))];
}

/** The schema itself or the variant of it that has this member or, for an index, items. */
export function partHolding(part: Part, step: string | number): Part {
  const has = (candidate: Part): boolean =>
    typeof step === 'number' ? isPart(candidate['items']) : propertiesOf(candidate).some(([name]) => name === step);
  return [part, ...variantsOf(part)].find(has) ?? part;
}

/** The schema of a member or item. */
export function partAt(part: Part, step: string | number): Part {
  if (typeof step === 'number') return isPart(part['items']) ? part['items'] : {};
  return propertiesOf(part).find(([name]) => name === step)?.[1] ?? {};
}

/** Whether an object has all that its schema requires. */
export function hasRequired(part: Part, value: Part): boolean {
  return propertiesOf(part).every(([name]) => !isRequired(part, name) || value[name] !== undefined);
}

/** Whether a string schema takes an id of ours. */
export function takesId(part: Part): boolean {
  return textPartsOf(part).some(({ pattern }) => typeof pattern === 'string' && (pattern.startsWith('^[0-9a-f]{8}-') || pattern === '^\\d{1,19}$'));
}

/** The string schemas that a value may fit: the schema itself, or its variants. */
export function textPartsOf(part: Part): Part[] {
  return [part, ...variantsOf(part)].filter(({ type, enum: words }) => type === 'string' && words === undefined);
}

/** Texts by the name of the field, where the schema says less than the product wants to know. */
const namedTexts: Readonly<Record<string, () => string>> = {
  email: () => `${randomBytes(6).toString('hex')}@example.org`,
  timeZone: () => 'Europe/Berlin',
  zone: () => 'Europe/Berlin',
  network: () => 'instagram',
  password: () => 'copper lantern drifts north',
  requestKey: () => randomUUID(),
};

const patternedTexts: Readonly<Record<string, string>> = {
  '^\\d{4}-\\d{2}-\\d{2}$': '2026-01-05',
  '^([01]\\d|2[0-3]):[0-5]\\d$': '09:00',
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}$': '2036-01-05T09:00',
  '^\\d{2}:\\d{2}$': '09:00',
};

/** A value that fits: the least that is required, ids from `idOf`. Throws at what it does not know how to make. */
export function sample(part: Part, name: string, idOf: IdSource): unknown {
  const variants = variantsOf(part);
  const variant = variants.find(({ type }) => type === 'null') ?? variants[0];
  if (variant !== undefined) return sample(variant, name, idOf);
  if (Array.isArray(part['enum'])) return part['enum'][0];
  if ('const' in part) return part['const'];
  switch (part['type']) {
    case 'null': return null;
    case 'boolean': return true;
    case 'integer':
    case 'number': return part['minimum'] ?? 1;
    case 'string': return sampleText(part, name, idOf);
    case 'array': return Array.from({ length: Number(part['minItems'] ?? 0) }, () => sample(isPart(part['items']) ? part['items'] : {}, name, idOf));
    case 'object': return sampleObject(part, idOf);
    default: throw new Error(`The walker cannot make a value for "${name}": teach it in walker/schema-fixture.ts. ${JSON.stringify(part)}`);
  }
}

function sampleObject(part: Part, idOf: IdSource): Part {
  const needed = propertiesOf(part).filter(([name]) => isRequired(part, name));
  return Object.fromEntries(needed.map(([name, inner]) => [name, sample(inner, name, idOf)]));
}

function sampleText(part: Part, name: string, idOf: IdSource): string {
  const named = namedTexts[name];
  if (named !== undefined) return named();
  if (takesId(part)) return idOf(name);
  if (part['format'] === 'date-time') return '2026-01-05T09:00:00.000Z';
  if (typeof part['pattern'] !== 'string') return 'Words of a walker';
  const text = patternedTexts[part['pattern']];
  if (text === undefined) throw new Error(`The walker knows no text for "${name}", ${part['pattern']}: teach it in walker/schema-fixture.ts.`);
  return text;
}

// The builders that the contract uses, by name, so that the browser bundle carries these few and not the whole library.
import {
  Array as arrayOf,
  Boolean as boolean,
  Enum as enumOf,
  Integer as integer,
  Literal as literal,
  Null as nullType,
  Number as number,
  Object as object,
  Optional as optional,
  Record as record,
  String as string,
  Union as union,
  Unknown as unknown,
  type Static,
  type TSchema,
  type TEnum,
  type TUnion,
  type TNull,
} from 'typebox';

export { arrayOf, boolean, integer, literal, number, object, optional, record, string, union, unknown };
export type { Static, TSchema };

/** A value of the given schema, or null. */
export function nullable<S extends TSchema>(schema: S): TUnion<[S, TNull]> {
  return union([schema, nullType()]);
}

/** One of a closed list of words. */
export function oneOf<const Values extends readonly string[]>(values: Values): TEnum<[...Values]> {
  return enumOf<[...Values]>([...values]);
}

/** A UUID in lower-case hexadecimal with hyphens. */
export const uuid = (): ReturnType<typeof string> =>
  string({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$', maxLength: 36 });

/** An instant: RFC 3339, UTC, milliseconds, as `2026-11-24T09:00:00.000Z`. */
export const instant = (): ReturnType<typeof string> => string({ format: 'date-time', maxLength: 40 });

/** A calendar day in the zone that the reply names: `2026-11-24`. */
export const day = (): ReturnType<typeof string> => string({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', maxLength: 10 });

/** An IANA time zone name; that the zone exists is checked by the server. */
export const zone = (): ReturnType<typeof string> => string({ minLength: 1, maxLength: 64 });

/** Text that a person typed: no control characters but tab and line breaks are enforced by the HTTP layer. */
export const text = (lengthMax: number, lengthMin = 1): ReturnType<typeof string> =>
  string({ minLength: lengthMin, maxLength: lengthMax });

/** An opaque keyset cursor handed out by an earlier page. */
export const cursor = (): ReturnType<typeof string> => string({ minLength: 1, maxLength: 200 });

/** The answer of a call that has nothing to say beyond having worked. */
export const done = object({ ok: literal(true) });

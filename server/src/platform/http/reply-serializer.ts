import type { TSchema } from '@rookery/contract/schema.ts';
import { isPart, mapSchema, toPlain } from './validation.ts';

type SchemaPart = Record<string, unknown>;

/**
 * The schema as the serialiser needs it. Replies are checked in full before, so that the serialiser only has to pick the
 * named members: forms that it would check again, or alternatives that it would try one by one, are flattened here.
 */
export function serializerSchema(schema: TSchema): SchemaPart {
  return mapSchema(toPlain(schema), simplify);
}

function simplify(part: SchemaPart): SchemaPart {
  if ('const' in part || 'enum' in part) return {};
  const { format: _format, pattern: _pattern, maxLength: _max, minLength: _min, ...rest } = part;
  if (isPart(rest['patternProperties'])) {
    const { patternProperties, ...others } = rest;
    return { ...others, additionalProperties: Object.values(patternProperties)[0] ?? true };
  }
  return Array.isArray(rest['anyOf']) ? flatten(rest['anyOf'], rest) : rest;
}

function flatten(alternatives: readonly unknown[], part: SchemaPart): SchemaPart {
  const others = alternatives.filter(isPart).filter(({ type }) => type !== 'null');
  const [only] = others;
  if (others.length === 1 && alternatives.length === 2 && only !== undefined) {
    return typeof only['type'] === 'string' ? { ...only, nullable: true } : only;
  }
  return others.every((other) => other['type'] !== 'object' && other['type'] !== 'array') ? {} : part;
}

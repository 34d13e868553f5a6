/** A parameter that X refuses, in its words. */
export class InvalidParameter extends Error {
  readonly parameter: string;
  readonly value: string;

  constructor(parameter: string, value: string, message: string) {
    super(message);
    this.name = 'InvalidParameter';
    this.parameter = parameter;
    this.value = value;
  }
}

/** The members of a JSON object; none for any other value. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

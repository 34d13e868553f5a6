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

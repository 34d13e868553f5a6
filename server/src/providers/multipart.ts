import { randomBytes } from 'node:crypto';

/** A form with one file, whose bytes are sent as they are read. */
export interface StreamedForm {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    readonly field: string;
    readonly name: string;
    readonly type: string;
    readonly bytes: number;
    readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  };
}

/** The form as a body with its headers: the length is known beforehand, and nothing is held but what is on its way (RFC 7578). */
export function streamForm({ fields, file }: StreamedForm): { body: ReadableStream<Uint8Array<ArrayBuffer>>; headers: Readonly<Record<string, string>> } {
  const boundary = `rookery-${randomBytes(18).toString('hex')}`;
  const part = (disposition: string, type = ''): string => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n${type}\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${part(`name="${name}"`)}${value}\r\n`).join('');
  const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
  const head = encode(`${texts}${part(`name="${file.field}"; filename="${file.name}"`, `content-type: ${file.type}\r\n`)}`);
  const tail = encode(`\r\n--${boundary}--\r\n`);
  return {
    body: ReadableStream.from(joined(head, file.stream, tail)),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(head.byteLength + file.bytes + tail.byteLength) },
  };
}

async function* joined(
  head: Uint8Array<ArrayBuffer>, stream: ReadableStream<Uint8Array<ArrayBuffer>>, tail: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield head;
  yield* stream;
  yield tail;
}

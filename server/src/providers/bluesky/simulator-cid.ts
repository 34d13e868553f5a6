import { createHash } from 'node:crypto';

const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const dagCborCodec = 0x71;
const rawCodec = 0x55;
const cidTag = 42;

/** The content address of a record (CID version 1, DAG-CBOR, SHA-256): the same for the same content in any order of its members. */
export function cidOfRecord(record: unknown): string {
  return formatCid(dagCborCodec, encodeCbor(record));
}

export function cidOfBytes(bytes: Uint8Array): string {
  return formatCid(rawCodec, bytes);
}

function formatCid(codec: number, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest();
  return `b${toBase32(Buffer.concat([Buffer.from([1, codec, 0x12, 0x20]), digest]))}`;
}

function toBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += base32.charAt((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + base32.charAt((value << (5 - bits)) & 31);
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    value = (value << 5) | base32.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >>> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

/** A type and its number in the shortest form, as DAG-CBOR wants it. */
function head(major: number, value: number): Buffer {
  const first = major << 5;
  if (value < 24) return Buffer.from([first | value]);
  if (value < 2 ** 8) return Buffer.from([first | 24, value]);
  const wide = Buffer.alloc(value < 2 ** 16 ? 3 : value < 2 ** 32 ? 5 : 9);
  wide[0] = first | (wide.length === 3 ? 25 : wide.length === 5 ? 26 : 27);
  if (wide.length === 3) wide.writeUInt16BE(value, 1);
  else if (wide.length === 5) wide.writeUInt32BE(value, 1);
  else wide.writeBigUInt64BE(BigInt(value), 1);
  return wide;
}

function encodeText(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([head(3, bytes.length), bytes]);
}

/** The JSON form of atproto's data model in DAG-CBOR: `{"$link": cid}` is a link, `{"$bytes": base64}` are bytes, numbers are whole. */
function encodeCbor(value: unknown): Buffer {
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)]);
  const entries = Object.entries(typeof value === 'object' ? value : {}).filter(([, member]) => member !== undefined);
  const [only, ...others] = entries;
  if (only !== undefined && others.length === 0 && typeof only[1] === 'string') {
    if (only[0] === '$bytes') return encodeBytes(Buffer.from(only[1], 'base64'));
    // A CID in CBOR stands behind a zero byte, the identity prefix of multibase.
    const link = Buffer.concat([Buffer.from([0]), fromBase32(only[1].slice(1))]);
    if (only[0] === '$link') return Buffer.concat([head(6, cidTag), encodeBytes(link)]);
  }
  const keyed = entries.map(([name, member]) => ({ key: Buffer.from(name, 'utf8'), name, member }));
  keyed.sort((one, other) => one.key.length - other.key.length || Buffer.compare(one.key, other.key));
  return Buffer.concat([head(5, keyed.length), ...keyed.flatMap(({ name, member }) => [encodeText(name), encodeCbor(member)])]);
}

function encodeBytes(bytes: Buffer): Buffer {
  return Buffer.concat([head(2, bytes.length), bytes]);
}

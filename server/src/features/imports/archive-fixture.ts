import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import type { UploadedFile } from './archive.ts';

/** For tests: one member of a ZIP, with the lies that a hostile one would tell. */
export interface ZipMember {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly isStored?: boolean;
  readonly flags?: number;
  readonly unixMode?: number;
  readonly statedBytes?: number;
  readonly statedCrc?: number;
}

/** For tests: a ZIP written by hand, since a library would refuse to write a broken one. */
export function writeZip(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const plain = Buffer.from(member.content);
    const packed = member.isStored === true ? plain : deflateRawSync(plain);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x800 | (member.flags ?? 0), 2);
    shared.writeUInt16LE(member.isStored === true ? 0 : 8, 4);
    shared.writeUInt32LE(member.statedCrc ?? crc32(plain), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(member.statedBytes ?? plain.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((member.unixMode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, tail, name]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** For tests: a folder of uploaded files that goes away with `using`. */
export async function createUploads(): Promise<Uploads> {
  return new Uploads(await mkdtemp(join(tmpdir(), 'rookery-export-')));
}

export class Uploads implements AsyncDisposable {
  readonly folder: string;
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
  }

  async add(name: string, content: string | Uint8Array, modifiedAt: Date | null = null): Promise<UploadedFile> {
    this.#count += 1;
    const path = join(this.folder, String(this.#count));
    await writeFile(path, content);
    return { name, path, bytes: Buffer.byteLength(content), modifiedAt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** For tests: films of a few hundred bytes, written box by box. Players show nothing of them; networks and readers take them by their boxes. */
export interface FilmOptions {
  readonly brand?: string;
  readonly seconds?: number;
  readonly width?: number;
  readonly height?: number;
  readonly frames?: number;
  readonly format?: string;
  /** Null for a silent film. */
  readonly sound?: string | null;
  /** A quarter turn, as telephones note it that were held upright. */
  readonly isTurned?: boolean;
  /** Put into `udta`, `meta`, `uuid` and a track of notes. */
  readonly place?: string;
  /** `moov` before `mdat`. */
  readonly isFast?: boolean;
  /** The size of `mdat` in 64 bits. */
  readonly isLarge?: boolean;
  /** Filling, so that the film has at least this many bytes. */
  readonly bytes?: number;
}

export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value >>> 0, index * 4));
  return bytes;
}

const text = (words: string): Buffer => Buffer.from(words, 'latin1');
const straight = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];
const quarter = [0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000];
const scale = 1000;

interface TrackOptions {
  readonly kind: string;
  readonly format: string;
  readonly seconds: number;
  readonly samples: number;
  readonly sampleBytes: number;
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly isTurned: boolean;
  readonly notes: readonly Buffer[];
}

function track(options: TrackOptions): Buffer {
  const { kind, format, seconds, samples, sampleBytes, offset, width, height, isTurned } = options;
  const duration = Math.round(seconds * scale);
  const size = Buffer.alloc(4);
  size.writeUInt16BE(width, 0);
  size.writeUInt16BE(height, 2);
  const entry = kind === 'vide' ? box(format, Buffer.alloc(24), size, Buffer.alloc(50)) : box(format, Buffer.alloc(28));
  const table = box('stbl',
    box('stsd', u32(0, 1), entry), box('stts', u32(0, 1, samples, Math.round(duration / samples))), box('stsc', u32(0, 1, 1, samples, 1)),
    box('stsz', u32(0, sampleBytes, samples)), box('stco', u32(0, 1, offset)));
  return box('trak',
    box('tkhd', u32(7, 0, 0, 1, 0, duration, 0, 0, 0, 0, ...(isTurned ? quarter : straight), width * 65_536, height * 65_536)),
    box('mdia', box('mdhd', u32(0, 0, 0, scale, duration, 0)), box('hdlr', u32(0, 0), text(kind), Buffer.alloc(13)), box('minf', table)),
    ...options.notes);
}

/** A film with one track of pictures, mostly one of sound, and notes where they are asked for. */
export function writeFilm(options: FilmOptions = {}): Buffer {
  const { brand = 'isom', seconds = 2, width = 640, height = 480, frames = 60, format = 'avc1', sound = 'mp4a', place, isLarge = false } = options;
  const ftyp = box('ftyp', text(brand), u32(512), text(brand), text('mp42'));
  const note = place === undefined ? [] : [box('udta', box('\u00a9xyz', text(place)), box('loci', text(place)))];
  const samples = Buffer.concat([Buffer.alloc(frames * 4, 0x11), Buffer.alloc(frames * 2, 0x22), text(place ?? ''), Buffer.alloc(Math.max(0, options.bytes ?? 0), 0x33)]);
  const mdat = isLarge ? Buffer.concat([u32(1), text('mdat'), u32(0, samples.length + 16), samples]) : box('mdat', samples);
  const moovAt = (first: number): Buffer => {
    const common = { seconds, width, height, isTurned: options.isTurned ?? false, notes: note };
    const soundAt = first + frames * 4;
    return box('moov',
      box('mvhd', u32(0, 0, 0, scale, Math.round(seconds * scale)), Buffer.alloc(80)),
      track({ ...common, kind: 'vide', format, samples: frames, sampleBytes: 4, offset: first }),
      ...(sound === null ? [] : [track({ ...common, kind: 'soun', format: sound, samples: frames, sampleBytes: 2, offset: soundAt, width: 0, height: 0 })]),
      ...(place === undefined ? [] : [track({ ...common, kind: 'meta', format: 'mebx', samples: 1, sampleBytes: place.length, offset: soundAt + frames * 2, width: 0, height: 0 })]),
      ...note, ...(place === undefined ? [] : [box('meta', u32(0), text(`com.apple.quicktime.location.ISO6709${place}`))]));
  };
  const uuid = place === undefined ? [] : [box('uuid', Buffer.alloc(16, 0xbe), text(`<x:xmpmeta exif:GPS="${place}"/>`))];
  const head = mdat.length - samples.length;
  if (options.isFast !== true) return Buffer.concat([ftyp, mdat, moovAt(ftyp.length + head), ...uuid]);
  const first = ftyp.length + moovAt(0).length + head;
  return Buffer.concat([ftyp, moovAt(first), mdat, ...uuid]);
}

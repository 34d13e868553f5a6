import type { VideoFacts } from '@rookery/contract/video-rules.ts';
import { DamagedVideo, listBoxes, readRows, requireBox, type Box, type VideoFile } from './boxes.ts';

/** One track of a film: pictures, sound, or something else that goes along. */
export interface Track {
  readonly box: Box;
  /** `vide`, `soun`, and others for notes and texts. */
  readonly kind: string;
  /** Of the first sample description: `avc1`, `mp4a`. */
  readonly format: string;
  readonly seconds: number;
  readonly samples: number;
  /** As it is shown, turned upright. */
  readonly width: number;
  readonly height: number;
  readonly sampleTable: readonly Box[];
}

/** Reads what a track says of itself. Throws DamagedVideo. */
export async function readTrack(file: VideoFile, box: Box): Promise<Track> {
  const parts = await listBoxes(file, box.body, box.end);
  const media = requireBox(parts, 'mdia');
  const mediaParts = await listBoxes(file, media.body, media.end);
  const handler = requireBox(mediaParts, 'hdlr');
  const kind = (await file.read(handler.body + 8, 4)).toString('latin1');
  const information = requireBox(mediaParts, 'minf');
  const table = requireBox(await listBoxes(file, information.body, information.end), 'stbl');
  const sampleTable = await listBoxes(file, table.body, table.end);
  const { format, coded } = await readFormat(file, requireBox(sampleTable, 'stsd'));
  return {
    box, kind, format, sampleTable, seconds: await readSeconds(file, requireBox(mediaParts, 'mdhd')),
    samples: await countSamples(file, requireBox(sampleTable, 'stts')), ...(await readSize(file, requireBox(parts, 'tkhd'), coded)),
  };
}

/** Length by the clock of a `mdhd` or `mvhd`. */
async function readSeconds(file: VideoFile, box: Box): Promise<number> {
  const isLong = (await file.read(box.body, 1))[0] === 1;
  const times = await file.read(box.body + (isLong ? 20 : 12), isLong ? 12 : 8);
  const duration = isLong ? Number(times.readBigUInt64BE(4)) : times.readUInt32BE(4);
  const scale = times.readUInt32BE(0);
  // All ones stand for "not known".
  if (scale === 0 || duration === 0xffff_ffff || duration > Number.MAX_SAFE_INTEGER) throw new DamagedVideo('does not say how long it is');
  return duration / scale;
}

async function countSamples(file: VideoFile, box: Box): Promise<number> {
  let samples = 0;
  for await (const row of readRows(file, box, { headBytes: 8, rowBytes: 8 })) samples += row.readUInt32BE(0);
  return samples;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function readFormat(file: VideoFile, box: Box): Promise<{ format: string; coded: Size }> {
  const entry = box.body + 8;
  const format = (await file.read(entry + 4, 4)).toString('latin1');
  // A description of sound is shorter than one of pictures, and has no size.
  const coded = entry + 36 > box.end ? Buffer.alloc(4) : await file.read(entry + 32, 4);
  return { format, coded: { width: coded.readUInt16BE(0), height: coded.readUInt16BE(2) } };
}

/** The size in the head of the track, in 16.16, else that of the coded pictures; turned by the matrix where it turns by a quarter. */
async function readSize(file: VideoFile, box: Box, coded: Size): Promise<Size> {
  const isLong = (await file.read(box.body, 1))[0] === 1;
  const head = await file.read(box.body + (isLong ? 52 : 40), 44);
  const shown = { width: Math.round(head.readUInt32BE(36) / 65_536), height: Math.round(head.readUInt32BE(40) / 65_536) };
  const { width, height } = shown.width > 0 && shown.height > 0 ? shown : coded;
  // Matrix a b u c d v x y w: a quarter turn has no a and d.
  const isTurned = head.readInt32BE(0) === 0 && head.readInt32BE(16) === 0 && head.readInt32BE(4) !== 0;
  return isTurned ? { width: height, height: width } : { width, height };
}

const pictureFormats: Readonly<Record<string, VideoFacts['codec']>> = {
  avc1: 'h264', avc3: 'h264', hvc1: 'hevc', hev1: 'hevc', dvh1: 'hevc', dvhe: 'hevc', av01: 'av1', vp09: 'vp9',
};

export function codecOf({ format }: Track): VideoFacts['codec'] {
  return pictureFormats[format] ?? 'other';
}

export function audioOf(sounds: readonly Track[]): VideoFacts['audio'] {
  if (sounds.length === 0) return 'none';
  return sounds.every(({ format }) => format === 'mp4a') ? 'aac' : 'other';
}

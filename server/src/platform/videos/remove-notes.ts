import type { FileHandle } from 'node:fs/promises';
import { DamagedVideo, listBoxes, readRows, requireBox, type Box, type VideoFile } from './boxes.ts';
import type { Track } from './track.ts';

interface Cleaning {
  readonly file: VideoFile;
  readonly handle: FileHandle;
  readonly top: readonly Box[];
  readonly tracks: readonly Track[];
}

/** What a player needs of the film's own boxes; the rest are notes. */
const keptAtTop = new Set(['ftyp', 'moov', 'mdat', 'wide']);
const keptInMoov = new Set(['mvhd', 'trak', 'iods']);
const keptInTrack = new Set(['tkhd', 'mdia', 'edts', 'tref', 'tapt', 'clip', 'matt', 'load']);
const keptInMedia = new Set(['mdhd', 'hdlr', 'minf', 'elng']);
const keptKinds = new Set(['vide', 'soun']);
const zeros = Buffer.alloc(65_536);

/**
 * Turns every box that may hold a note into an empty `free` box of the same size, and every track that is neither pictures nor sound
 * (where telephones and action cameras keep their way, second by second) with all its samples. What stands in the list is kept, and
 * nothing else, so a kind of note that nobody has heard of goes too: `udta` (©xyz, loci), `meta` (com.apple.quicktime.location), `uuid` (XMP).
 */
export async function removeNotes(cleaning: Cleaning): Promise<void> {
  const { file, top, tracks } = cleaning;
  const clean = async (boxes: readonly Box[], kept: ReadonlySet<string>): Promise<void> => {
    for (const box of boxes) if (!kept.has(box.type)) await makeFree(cleaning, box);
  };
  // Read everything first: a file that turns out to be damaged is refused as it came.
  const ranges: Range[] = [];
  for (const track of tracks) if (!keptKinds.has(track.kind)) ranges.push(...await findSamples(file, track));
  const moov = requireBox(top, 'moov');
  const inMoov = await listBoxes(file, moov.body, moov.end);
  for (const { kind, box } of tracks) {
    if (!keptKinds.has(kind)) continue;
    const parts = await listBoxes(file, box.body, box.end);
    const media = requireBox(parts, 'mdia');
    await clean(await listBoxes(file, media.body, media.end), keptInMedia);
    await clean(parts, keptInTrack);
  }
  const mdats = top.filter(({ type }) => type === 'mdat');
  for (const { start, end } of ranges) {
    // Only what lies in the data of the film: a position that points at its tables must not destroy them.
    if (!mdats.some((box) => start >= box.body && end <= box.end)) throw new DamagedVideo('keeps notes outside of its data');
    await overwrite(cleaning.handle, start, end);
  }
  for (const { kind, box } of tracks) if (!keptKinds.has(kind)) await makeFree(cleaning, box);
  await clean(inMoov, keptInMoov);
  await clean(top, keptAtTop);
}

async function makeFree({ handle }: Cleaning, box: Box): Promise<void> {
  await handle.write(Buffer.from('free', 'latin1'), 0, 4, box.start + 4);
  await overwrite(handle, box.body, box.end);
}

async function overwrite(handle: FileHandle, start: number, end: number): Promise<void> {
  for (let at = start; at < end; at += zeros.length) await handle.write(zeros, 0, Math.min(zeros.length, end - at), at);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** A track of notes has few and small samples; a table beyond this is not believed. */
const samplesMax = 2_000_000;

/** Where the samples of a track lie, chunk by chunk. */
async function findSamples(file: VideoFile, { sampleTable }: Track): Promise<Range[]> {
  const sizes = await readSizes(file, requireBox(sampleTable, 'stsz'));
  const runs = await readRuns(file, requireBox(sampleTable, 'stsc'));
  const wide = sampleTable.find(({ type }) => type === 'co64');
  const offsets = wide ?? requireBox(sampleTable, 'stco');
  const ranges: Range[] = [];
  let [chunk, sample, run] = [0, 0, 0];
  for await (const row of readRows(file, offsets, { headBytes: 8, rowBytes: wide === undefined ? 4 : 8 })) {
    chunk += 1;
    while (runs[run + 1] !== undefined && (runs[run + 1]?.firstChunk ?? 0) <= chunk) run += 1;
    const count = runs[run]?.samples ?? 0;
    if (sample + count > sizes.count) throw new DamagedVideo('has more notes in its chunks than it counts');
    let bytes = 0;
    for (let index = sample; index < sample + count; index += 1) bytes += sizes.at(index);
    sample += count;
    const start = wide === undefined ? row.readUInt32BE(0) : Number(row.readBigUInt64BE(0));
    ranges.push({ start, end: start + bytes });
  }
  return ranges;
}

async function readSizes(file: VideoFile, box: Box): Promise<{ count: number; at(index: number): number }> {
  const head = await file.read(box.body + 4, 8);
  const [same, count] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  if (count > samplesMax) throw new DamagedVideo('has too many notes');
  if (same !== 0) return { count, at: () => same };
  const sizes = new Uint32Array(count);
  let index = 0;
  for await (const row of readRows(file, box, { headBytes: 12, rowBytes: 4 })) {
    sizes[index] = row.readUInt32BE(0);
    index += 1;
  }
  return { count, at: (sample) => sizes[sample] ?? 0 };
}

async function readRuns(file: VideoFile, box: Box): Promise<{ firstChunk: number; samples: number }[]> {
  const runs: { firstChunk: number; samples: number }[] = [];
  for await (const row of readRows(file, box, { headBytes: 8, rowBytes: 12 })) {
    if (runs.length >= samplesMax) throw new DamagedVideo('has too many notes');
    runs.push({ firstChunk: row.readUInt32BE(0), samples: row.readUInt32BE(4) });
  }
  return runs;
}

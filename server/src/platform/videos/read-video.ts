import { open } from 'node:fs/promises';
import type { VideoFacts, videoTypes } from '@rookery/contract/video-rules.ts';
import { AppError } from '../errors.ts';
import { DamagedVideo, listBoxes, openVideoFile, requireBox, type Box, type VideoFile } from './boxes.ts';
import { removeNotes } from './remove-notes.ts';
import { audioOf, codecOf, readTrack, type Track } from './track.ts';

/** A video as it is kept. */
export interface KeptVideo extends VideoFacts {
  readonly type: (typeof videoTypes)[number];
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

const tracksMax = 32;
const edgeMax = 16_384;
const secondsMax = 24 * 3600;
/** Brands of still images in the same container. */
const imageBrands = /^(avif|avis|heic|heix|heim|heis|hevc|hevx|mif1|msf1|crx )/;

/** Whether the first bytes are those of a film in an ISO container, MP4 or MOV. */
export function isVideoHead(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  return /^[\s\S]{4}ftyp/.test(text) && !imageBrands.test(text.slice(8, 12));
}

/**
 * Reads what a video says of itself, and overwrites every note in the file (place, camera, names) with zeros in place: positions of
 * pictures and sound stay as they are. Nothing is transcoded. Throws `unsupported-type` or `invalid-input`, with words.
 */
export async function readAndCleanVideo(path: string): Promise<KeptVideo> {
  const handle = await open(path, 'r+');
  try {
    const { size } = await handle.stat();
    const file = openVideoFile(handle, size);
    const { video, top, tracks } = await readVideo(file);
    await removeNotes({ file, handle, top, tracks });
    await handle.sync();
    return video;
  } catch (error) {
    if (!(error instanceof DamagedVideo)) throw error;
    throw new AppError('invalid-input', 'This video is damaged or cut off. Export it anew and send that.', { cause: error });
  } finally {
    await handle.close();
  }
}

async function readVideo(file: VideoFile): Promise<{ video: KeptVideo; top: readonly Box[]; tracks: readonly Track[] }> {
  const top = await listBoxes(file, 0, file.bytes);
  const brand = (await file.read(requireBox(top, 'ftyp').body, 4)).toString('latin1');
  if (top.some(({ type }) => type === 'moof' || type === 'styp')) {
    throw new AppError('unsupported-type', 'This video is cut into pieces for streaming. Export it as an ordinary MP4 file and send that.');
  }
  requireBox(top, 'mdat');
  if (top.filter(({ type }) => type === 'moov').length !== 1) throw new DamagedVideo('has no "moov", or several');
  const moov = requireBox(top, 'moov');
  const boxes = await listBoxes(file, moov.body, moov.end);
  const trackBoxes = boxes.filter(({ type }) => type === 'trak');
  if (trackBoxes.length > tracksMax) throw new DamagedVideo('has too many tracks');
  const tracks: Track[] = [];
  for (const box of trackBoxes) tracks.push(await readTrack(file, box));
  const pictures = tracks.filter(({ kind }) => kind === 'vide').toSorted((one, other) => other.seconds - one.seconds)[0];
  if (pictures === undefined) throw new AppError('unsupported-type', 'This file has no pictures in it, only sound. Send a video.');
  const { width, height, seconds, samples } = pictures;
  if (width < 1 || height < 1 || Math.max(width, height) > edgeMax) throw new DamagedVideo('has no size, or one that cannot be');
  if (samples === 0 || seconds <= 0 || seconds > secondsMax) throw new DamagedVideo('has no pictures, or a length that cannot be');
  const rate = Math.round((samples / seconds) * 1000) / 1000;
  const video: KeptVideo = {
    type: brand === 'qt  ' ? 'video/quicktime' : 'video/mp4', bytes: file.bytes, width, height,
    durationMs: Math.max(1, Math.round(seconds * 1000)), frameRate: samples > 1 && rate <= 1000 ? rate : null,
    codec: codecOf(pictures), audio: audioOf(tracks.filter(({ kind }) => kind === 'soun')),
  };
  return { video, top, tracks };
}

import type { Media } from '@rookery/contract/media.ts';

/** A length as players show it: `0:07`, `2:20`, `1:05:00`. */
export function formatLength(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${hours > 0 ? String(minutes).padStart(2, '0') : minutes}:${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

const codecs: Readonly<Record<NonNullable<Media['video']>['codec'], string>> = { h264: 'H.264', hevc: 'HEVC', av1: 'AV1', vp9: 'VP9', other: 'another coding' };

/** What matters of a video to the networks, in a line. */
export function describeVideoFacts({ durationMs, frameRate, codec, audio }: NonNullable<Media['video']>): string {
  const rate = frameRate === null ? '' : `, ${Math.round(frameRate)} pictures a second`;
  const sound = audio === 'none' ? 'silent' : audio === 'aac' ? 'AAC sound' : 'sound of another coding';
  return `${formatLength(durationMs)}${rate}, ${codecs[codec]}, ${sound}`;
}

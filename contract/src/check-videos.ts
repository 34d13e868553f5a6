import type { ContentProblem } from './check-content.ts';
import { ratioWords } from './image-shape.ts';
import type { Content } from './posts.ts';
import type { VideoFacts, VideoRule } from './video-rules.ts';

/** A medium as the checks need it; `video` is null for an image. */
export interface CheckedMedium {
  readonly type: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly video: VideoFacts | null;
}

/** A video of a content that a network will not take. */
export interface VideoProblem extends ContentProblem {
  readonly part: number;
  /** Index of the medium in the part; null where it is about all of them. */
  readonly medium: number | null;
}

/** Whole pixels cannot hit a ratio exactly, and cameras count 29.97 as 30. */
const tolerance = 0.01;
const codecWords: Readonly<Record<VideoFacts['codec'] | VideoFacts['audio'], string>> = {
  h264: 'H.264', hevc: 'HEVC (H.265)', av1: 'AV1', vp9: 'VP9', other: 'another kind', none: 'none', aac: 'AAC',
};
const typeWords: Readonly<Record<string, string>> = { 'video/mp4': 'MP4', 'video/quicktime': 'MOV' };

/** The videos of a content that a network refuses, with what to do; media that are not known are left to the server. */
export function checkVideos(content: Content, rule: VideoRule | null, known: ReadonlyMap<string, CheckedMedium>): VideoProblem[] {
  return content.parts.flatMap(({ media }, part) => {
    const videos = media.flatMap(({ mediaId }, medium) => {
      const found = known.get(mediaId);
      return found === undefined || found.video === null ? [] : [{ medium, found }];
    });
    if (videos.length === 0) return [];
    const problem = (code: VideoProblem['code'], message: string, medium: number | null = null): VideoProblem => ({ part, medium, code, message });
    if (rule === null) return [problem('video-not-supported', 'This network takes no videos from here: remove the video.')];
    const problems = videos.flatMap(({ medium, found }) => describeVideo(found, rule).map((message) => problem('video-rule', message, medium)));
    if (videos.length > rule.countMax) problems.unshift(problem('too-many-videos', `Keep ${rule.countMax === 1 ? 'one video' : `${rule.countMax} videos`} in a post.`));
    if (!rule.mixesWithImages && videos.length < media.length) problems.unshift(problem('mixed-media', 'A video stands alone here: remove the images, or the video.'));
    return problems;
  });
}

/** Why a network refuses a video, each reason a sentence that says what to do; empty when it takes it. */
export function describeVideo(medium: CheckedMedium, rule: VideoRule): string[] {
  const { video } = medium;
  if (video === null) return [];
  const seconds = video.durationMs / 1000;
  const ratio = medium.width / medium.height;
  const rate = video.frameRate;
  const again = 'Export it anew and add that: videos are not converted here.';
  const reasons: [boolean, string][] = [
    [!rule.types.some((type) => type === medium.type), `This video is ${typeWords[medium.type] ?? medium.type}, and the network takes ${list(rule.types)}. ${again}`],
    [!rule.codecs.includes(video.codec), `This video is coded as ${codecWords[video.codec]}, and the network takes ${list(rule.codecs)}. ${again}`],
    [!rule.audioCodecs.includes(video.audio), `The sound of this video is coded as ${codecWords[video.audio]}, and the network takes ${list(rule.audioCodecs.filter((codec) => codec !== 'none'))}. ${again}`],
    [medium.bytes > rule.bytesMax, `This video is ${megabytes(medium.bytes)} MB, and the network takes ${megabytes(rule.bytesMax)} MB. Export it smaller or shorter and add that.`],
    [seconds < rule.secondsMin, `This video lasts ${time(seconds)}, and the network takes ${time(rule.secondsMin)} at least.`],
    [rule.secondsMax !== null && seconds > rule.secondsMax, `This video lasts ${time(seconds)}, and the network takes ${time(rule.secondsMax ?? 0)} at most. Shorten it and add that.`],
    [ratio < (rule.ratioMin ?? 0) * (1 - tolerance) || ratio > (rule.ratioMax ?? Infinity) * (1 + tolerance),
      `This video is ${ratioWords(ratio)}, and the network takes ${ratioWords(rule.ratioMin ?? 0.01)} to ${ratioWords(rule.ratioMax ?? 100)}. ${again}`],
    [rate !== null && rate < (rule.frameRateMin ?? 0) * (1 - tolerance), `This video has ${Math.round(rate ?? 0)} pictures a second, and the network takes ${rule.frameRateMin ?? 0} at least. ${again}`],
    [rate !== null && rate > (rule.frameRateMax ?? Infinity) * (1 + tolerance), `This video has ${Math.round(rate ?? 0)} pictures a second, and the network takes ${rule.frameRateMax ?? 0} at most. ${again}`],
    [rule.widthMax !== null && medium.width > rule.widthMax, `This video is ${medium.width} pixels wide, and the network takes ${rule.widthMax ?? 0} at most. ${again}`],
  ];
  return reasons.filter(([isRefused]) => isRefused).map(([, words]) => words);
}

function list(values: readonly string[]): string {
  return values.map((value) => typeWords[value] ?? Object.entries(codecWords).find(([codec]) => codec === value)?.[1] ?? value).join(' or ');
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toLocaleString('en', { maximumFractionDigits: bytes < 10_000_000 ? 1 : 0 });
}

/** A length as people say it: `12.5 s`, `2:20`. */
function time(seconds: number): string {
  if (seconds < 60) return `${seconds.toLocaleString('en', { maximumFractionDigits: 1 })} s`;
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

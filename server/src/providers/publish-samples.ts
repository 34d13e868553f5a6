import type { PublishImage, PublishProgress, PublishRequest, PublishVideo } from './provider.ts';

/** A whole JPEG of one pixel, for tests. */
export const sampleFile = new Uint8Array(Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP////////////////////////////////////////////////////////////////////////////////////'
  + '//wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=', 'base64',
));

/** A post that tests send; its key is new each time. */
export function samplePost(over: Partial<PublishRequest> = {}): PublishRequest {
  return {
    key: crypto.randomUUID(), createdAt: new Date('2026-11-24T12:00:00.123Z'), text: 'A balloon over the bay', images: [], video: null, replyTo: null,
    isComment: false, steps: {}, ...over,
  };
}

export function sampleImage(altText: string, over: Partial<PublishImage> = {}): PublishImage {
  const mediaId = over.mediaId ?? crypto.randomUUID();
  return {
    mediaId, type: 'image/jpeg', bytes: sampleFile.byteLength, width: 1, height: 1, altText,
    read: () => Promise.resolve(sampleFile), publicUrl: () => Promise.resolve(`https://rookery.example/media/${mediaId}.jpg`), ...over,
  };
}

export function sampleVideo(file: Uint8Array<ArrayBuffer>, over: Partial<PublishVideo> = {}): PublishVideo {
  const mediaId = over.mediaId ?? crypto.randomUUID();
  return {
    mediaId, type: 'video/mp4', bytes: file.byteLength, width: 640, height: 480, altText: '',
    open: (range) => Promise.resolve(new Blob([range === undefined ? file : file.slice(range.first, range.last + 1)]).stream()),
    publicUrl: () => Promise.resolve(`https://rookery.example/media/${mediaId}.mp4`), ...over,
  };
}

/** A protocol that lets everything through and remembers it. */
export interface RecordedProgress extends PublishProgress {
  /** As the next attempt gets them. */
  readonly steps: Record<string, string>;
  /** `save <name>` and `leave`, each with the number of requests that had been made by then. */
  readonly events: string[];
}

export function recordProgress(seen: { readonly length: number }, signal: AbortSignal = new AbortController().signal): RecordedProgress {
  const steps: Record<string, string> = {};
  const events: string[] = [];
  return {
    steps, events,
    saveStep: (name, value) => {
      steps[name] = value;
      events.push(`${seen.length} save ${name}`);
      return Promise.resolve();
    },
    beforeSend: () => {
      events.push(`${seen.length} leave`);
      return Promise.resolve(signal);
    },
  };
}

import type { Import } from '@rookery/contract/audience.ts';

import { formatCount, formatDate } from '../../platform/format.ts';
import type { Shape, Tone } from '../../ui/badge.tsx';
import type { ImportNetwork } from './search.ts';

export type Preview = NonNullable<Import['preview']>;

/** Names of the networks as people know them. */
export const networkNames: Readonly<Record<ImportNetwork, string>> = { instagram: 'Instagram', threads: 'Threads', x: 'X' };

export interface ExportGuide {
  readonly steps: readonly string[];
  /** What to drop, in words. */
  readonly file: string;
  readonly path: string;
}

/** How to get the export from each network, and which file of it is read. */
export const exportGuides: Readonly<Record<ImportNetwork, ExportGuide>> = {
  instagram: {
    steps: [
      'In Instagram open Accounts Center › Your information and permissions › Export your information.',
      'Create an export of this profile to your device. Under “Customize information” choose only “Followers and following”.',
      'Choose date range “All time” and format “JSON”. Another range cannot say who left.',
      'Instagram sends a mail when it is ready, often within an hour. Download the zip and drop it here.',
    ],
    file: 'The zip as it comes, or the follower files in it',
    path: 'connections/followers_and_following/followers_1.json',
  },
  threads: {
    steps: [
      'In Instagram or Threads open Accounts Center › Your information and permissions › Export your information.',
      'Create an export of this profile to your device. Under “Customize information” choose only “Threads”.',
      'Choose date range “All time” and format “JSON”. Another range cannot say who left.',
      'A mail comes when it is ready. Download the zip and drop it here.',
    ],
    file: 'The zip as it comes, or the follower file in it',
    path: 'your_instagram_activity/threads/followers.json',
  },
  x: {
    steps: [
      'In X open More › Settings and privacy › Your account › Download an archive of your data.',
      'Confirm your password and press “Request archive”.',
      'X takes about a day and then tells you. Download the zip.',
      'Drop the zip here. If it is larger than 512 MB, unpack it and drop only the two files below.',
    ],
    file: 'The zip as it comes, or these files together',
    path: 'data/follower.js, data/manifest.js',
  },
};

export interface StateWords {
  readonly tone: Tone;
  readonly shape: Shape;
  readonly word: string;
}

/** The state of an import as word and shape. */
export const importStateWords: Readonly<Record<Import['state'], StateWords>> = {
  receiving: { tone: 'neutral', shape: 'ring', word: 'Waits for files' },
  reading: { tone: 'info', shape: 'half', word: 'Reading' },
  ready: { tone: 'accent', shape: 'quarter', word: 'Ready to check' },
  committing: { tone: 'info', shape: 'half', word: 'Importing' },
  committed: { tone: 'success', shape: 'check', word: 'Imported' },
  discarded: { tone: 'neutral', shape: 'pause', word: 'Thrown away' },
  failed: { tone: 'danger', shape: 'alert', word: 'Could not be read' },
};

/** What importing will do, in one or two sentences. */
export function describePreview(preview: Preview, timeZone: string): string {
  const list = `${formatCount(preview.followers)} ${preview.followers === 1 ? 'follower' : 'followers'}, dated ${formatDate(preview.dated, timeZone)}`;
  if (preview.first) return `${list}. This is a starting point: nobody is new yet. The next list will show who came and who left.`;
  const returned = preview.returned > 0 ? `, ${formatCount(preview.returned)} who came back` : '';
  if (preview.rangeOnly) return `${list}. The export covers only some dates: it can add people, and never says who left. It will show ${formatCount(preview.gained)} new${returned}.`;
  return `${list}. This will show ${formatCount(preview.gained)} new${returned} and ${formatCount(preview.lost)} gone.`;
}

/** Where the date of a list comes from. */
export const datedByWords: Readonly<Record<Preview['datedBy'], string>> = {
  export: 'The export says so itself.',
  file: 'Taken from when the file was last changed. Correct it if you downloaded the export on another day.',
  person: 'As you set it.',
  upload: 'The files name no date, so this is the moment of the upload. Correct it if the export is older.',
};

export const sampleWords: Readonly<Record<Preview['sample'][number]['change'], StateWords>> = {
  gained: { tone: 'accent', shape: 'check', word: 'New' },
  returned: { tone: 'info', shape: 'half', word: 'Came back' },
  lost: { tone: 'neutral', shape: 'ring', word: 'Gone' },
};

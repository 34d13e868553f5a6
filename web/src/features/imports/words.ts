import type { Import } from '@rookery/contract/audience.ts';

import { formatCount, formatDate, formatPlural } from '../../platform/format.ts';
import type { Shape, Tone } from '../../ui/badge.tsx';

export type Preview = NonNullable<Import['preview']>;

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
  const list = `${formatPlural(preview.followers, 'follower')}, dated ${formatDate(preview.dated, timeZone)}`;
  if (preview.first) return `${list}. This is a starting point: nobody is new yet. The next list will show who came and who left.`;
  const returned = preview.returned > 0 ? `, ${formatCount(preview.returned)} who came back` : '';
  if (preview.rangeOnly) {
    const limit = 'The export covers only some dates: it can add people, and never says who left.';
    return `${list}. ${limit} It will show ${formatCount(preview.gained)} new${returned}.`;
  }
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

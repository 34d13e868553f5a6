import { importFields, type ImportField } from '@rookery/contract/post-import.ts';
import { invalidField } from '../../../platform/errors.ts';
import type { ImportFile } from './import-file.ts';

/** What each column holds; null: nothing that is imported. */
export type Columns = readonly (ImportField | null)[];

/** Headers that are understood, in small letters without anything else. */
const names: Readonly<Record<ImportField, readonly string[]>> = {
  when: ['when', 'datetime', 'dateandtime', 'datetimelocal', 'scheduledat', 'scheduledfor', 'publishat', 'postat', 'schedule', 'scheduledtime'],
  date: ['date', 'day', 'publishdate', 'scheduleddate'],
  time: ['time', 'hour', 'publishtime'],
  zone: ['zone', 'timezone', 'tz'],
  occurrence: ['occurrence'],
  accounts: ['accounts', 'account', 'handles', 'handle', 'profiles', 'profile', 'channels', 'channel'],
  text: ['text', 'posttext', 'content', 'message', 'body', 'caption', 'copy', 'post', 'words'],
  images: ['images', 'image', 'media', 'pictures', 'picture'],
  altText: ['alttext', 'alttexts', 'alt', 'imagedescription', 'imagedescriptions', 'description', 'descriptions'],
  firstComment: ['firstcomment', 'comment'],
  labels: ['labels', 'label', 'tags', 'tag', 'campaign', 'categories', 'category'],
};

/** The columns as they were chosen, or as their headers say: of two with the same meaning the first. */
export function readColumns(file: ImportFile, chosen: string | undefined): Columns {
  if (chosen !== undefined) return readChosen(chosen);
  const taken = new Set<ImportField>();
  return file.header.map((header) => {
    const name = header.toLowerCase().replaceAll(/[^a-z]/g, '');
    const field = importFields.find((each) => names[each].includes(name) && !taken.has(each)) ?? null;
    if (field !== null) taken.add(field);
    return field;
  });
}

function readChosen(chosen: string): Columns {
  const columns = chosen.split(',').map((word) => {
    const field = importFields.find((each) => each === word) ?? null;
    if (field === null && word !== '-') throw invalidField('?columns', 'unknown', `A column can hold ${importFields.join(', ')}, or nothing: -.`);
    return field;
  });
  const twice = columns.find((field, index) => field !== null && columns.indexOf(field) !== index) ?? null;
  if (twice !== null) throw invalidField('?columns', 'twice', `Two columns are chosen for ${twice}. Choose one.`);
  return columns;
}

/** What has to be said before rows can be read, in words; null: nothing. */
export function describeNeeds(columns: Columns): string | null {
  if (!columns.includes('text') && !columns.includes('images')) return 'Choose the column that holds the text of the posts.';
  if (columns.includes('when') && (columns.includes('date') || columns.includes('time'))) return 'Choose one column for day and time together, or one for each: not both.';
  if (columns.includes('time') && !columns.includes('date')) return 'Choose the column that holds the day.';
  return null;
}

import { mediaNameLengthMax } from '@rookery/contract/media.ts';

/** A file name as people may see it: no folders, no invisible or turning characters, of bounded length, never empty. It names no file of ours. */
export function cleanFileName(name: string): string {
  const base = name.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const visible = base.normalize('NFC').replaceAll(/[\p{C}\uFFFD]/gu, '').replaceAll(/\s+/g, ' ').replace(/^[. ]+|[. ]+$/g, '');
  if (visible === '') return 'image';
  const characters = [...visible];
  if (characters.length <= mediaNameLengthMax) return visible;
  const ending = /\.[A-Za-z0-9]{1,5}$/.exec(visible)?.[0] ?? '';
  return `${characters.slice(0, mediaNameLengthMax - ending.length - 1).join('')}…${ending}`;
}

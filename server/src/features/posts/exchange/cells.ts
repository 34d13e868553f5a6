import type { Content, Part } from '@rookery/contract/posts.ts';

/** A line of its own that ends one post of a thread, in every cell that has something for each of them. */
const partLine = '---';
const literalPartLine = /^(\\*)---$/;
/** Between accounts and between labels. */
const listSeparator = ';';

/** Several accounts or labels in one cell. */
export function writeList(items: readonly string[]): string {
  return items.join(`${listSeparator} `);
}

/** The items of such a cell, without empty ones. */
export function readList(cell: string): string[] {
  return cell.split(listSeparator).map((item) => item.trim()).filter((item) => item !== '');
}

/** The posts of a thread in one cell. A line that looks like the one between them gets a backslash. */
export function writeParts(parts: readonly string[]): string {
  return parts.map((part) => part.split('\n').map((line) => (literalPartLine.test(line) ? `\\${line}` : line)).join('\n')).join(`\n${partLine}\n`);
}

/** What stands for each post of a thread. */
export function readParts(cell: string): string[] {
  const parts: string[][] = [[]];
  for (const line of cell.split('\n')) {
    if (line === partLine) parts.push([]);
    else parts.at(-1)?.push(literalPartLine.test(line) ? line.slice(1) : line);
  }
  return parts.map((lines) => lines.join('\n'));
}

/** The cells of a content: its words, and per line an image and what it shows. */
export function contentCells(content: Content): { text: string; images: string; altText: string; firstComment: string } {
  const linesOf = (write: (image: Part['media'][number]) => string): string => {
    const parts = content.parts.map(({ media }) => media.map(write).join('\n'));
    return parts.every((part) => part === '') ? '' : writeParts(parts);
  };
  return {
    text: writeParts(content.parts.map(({ text }) => text)), firstComment: content.firstComment ?? '',
    images: linesOf(({ mediaId }) => mediaId), altText: linesOf(({ altText }) => altText.replaceAll(/\s+/g, ' ').trim()),
  };
}

import { Parser } from 'htmlparser2';
import { refuseExport, showName } from '../archive-names.ts';
import type { ExportedFollower, UnreadableRow } from './dialect.ts';
import { followerOf, readHandle, readLinkedHandle, type ProfileLink } from './relationship.ts';

const depthMax = 256;
const textLengthMax = 300;
/** A tag or comment longer than this is no page of an export; the parser would hold all of it. */
const silenceMax = 1024 * 1024;
const headerTimesMax = 3;

interface Draft {
  readonly handle: string;
  followedAt: Date | null;
  followedOn: string | null;
}
interface Box {
  readonly depth: number;
  rows: number;
  heading: string | null;
}

/**
 * Reads Meta's HTML list as chunks come in. Class names change between exports, so followers are the links to profiles inside
 * the main part; the box class only helps to notice an account that has no such link. Nothing is run or fetched.
 */
export class ProfilePage {
  /** The `<time>` elements above the list: when it was made, and the dates it covers. */
  readonly headerTimes: Date[] = [];
  readonly #path: string;
  readonly #link: ProfileLink;
  readonly #parser: Parser;
  #rows: ExportedFollower[] = [];
  #unreadable: UnreadableRow[] = [];
  #position = 0;
  #depth = 0;
  #mainDepth: number | null = null;
  #hasMain = false;
  #isClosed = false;
  #hasOtherLinks = false;
  #muteDepth: number | null = null;
  #headingDepth: number | null = null;
  #box: Box | null = null;
  #draft: Draft | null = null;
  #text = '';
  #silence = 0;

  constructor(path: string, link: ProfileLink) {
    this.#path = path;
    this.#link = link;
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => this.#open(name, attributes),
        onclosetag: (name, isImplied) => this.#close(name, isImplied),
        ontext: (text) => this.#hear(text),
        oncomment: () => {
          this.#silence = 0;
        },
      },
      { decodeEntities: true },
    );
  }

  push(text: string): { rows: ExportedFollower[]; unreadable: UnreadableRow[] } {
    this.#silence += text.length;
    this.#parser.write(text);
    if (this.#silence > silenceMax) throw this.#fault('is not a page of an export');
    return this.#take();
  }

  finish(): { rows: ExportedFollower[]; unreadable: UnreadableRow[] } {
    this.#parser.end();
    this.#flushDraft();
    if (!this.#hasMain) throw this.#fault('has no main part that is known here. Request the export again in the format JSON');
    if (!this.#isClosed) throw this.#fault('breaks off before its end; it may not have been downloaded fully');
    if (this.#position === 0 && this.#hasOtherLinks) this.#refuseRow('no link to a profile');
    return this.#take();
  }

  #take(): { rows: ExportedFollower[]; unreadable: UnreadableRow[] } {
    const taken = { rows: this.#rows, unreadable: this.#unreadable };
    this.#rows = [];
    this.#unreadable = [];
    return taken;
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#endText();
    this.#depth += 1;
    if (this.#depth > depthMax) throw this.#fault('is nested deeper than any real export');
    if (name === 'script' || name === 'style' || name === 'template') this.#muteDepth ??= this.#depth;
    if (this.#muteDepth !== null) return;
    if (name === 'time') this.#readTime(attributes['datetime'] ?? '');
    if (this.#mainDepth === null) {
      if (name !== 'main' && attributes['role'] !== 'main') return;
      this.#mainDepth = this.#depth;
      this.#hasMain = true;
      return;
    }
    if (name === 'a') this.#readAnchor(attributes['href'] ?? '');
    if (name === 'h2') this.#headingDepth = this.#depth;
    if (this.#box === null && (attributes['class'] ?? '').split(/\s/).includes('uiBoxWhite')) {
      this.#box = { depth: this.#depth, rows: 0, heading: null };
    }
  }

  #close(name: string, isImplied: boolean): void {
    this.#endText();
    if (!isImplied && (name === 'html' || this.#depth === this.#mainDepth)) this.#isClosed = true;
    if (this.#depth === this.#muteDepth) this.#muteDepth = null;
    if (this.#depth === this.#headingDepth) this.#headingDepth = null;
    if (this.#box !== null && this.#depth === this.#box.depth) this.#closeBox(this.#box);
    if (this.#depth === this.#mainDepth) {
      this.#flushDraft();
      this.#mainDepth = null;
    }
    this.#depth -= 1;
  }

  #hear(text: string): void {
    this.#silence = 0;
    if (this.#muteDepth === null && this.#mainDepth !== null && this.#text.length < textLengthMax)
      this.#text += text.slice(0, textLengthMax);
  }

  #endText(): void {
    this.#silence = 0;
    const text = this.#text.trim();
    this.#text = '';
    if (text === '') return;
    if (this.#headingDepth !== null && this.#box !== null) this.#box.heading ??= text;
    if (this.#draft !== null) this.#draft.followedOn ??= readDay(text);
  }

  #readAnchor(href: string): void {
    const handle = readLinkedHandle(href, this.#link);
    if (handle === null) {
      this.#hasOtherLinks = true;
      return;
    }
    if (this.#box !== null) this.#box.rows += 1;
    if (this.#draft?.handle === handle) return;
    this.#flushDraft();
    this.#draft = { handle, followedAt: null, followedOn: null };
  }

  #closeBox(box: Box): void {
    this.#box = null;
    if (box.rows > 0) return;
    this.#flushDraft();
    const handle = readHandle(box.heading);
    if (handle === null) this.#refuseRow('no link to a profile');
    else this.#draft = { handle, followedAt: null, followedOn: null };
  }

  #flushDraft(): void {
    const draft = this.#draft;
    this.#draft = null;
    if (draft === null) return;
    this.#position += 1;
    this.#rows.push({
      ...followerOf(draft.handle, this.#link, draft.followedAt),
      followedOn: draft.followedAt === null ? draft.followedOn : null,
    });
  }

  #refuseRow(reason: string): void {
    this.#position += 1;
    this.#unreadable.push({ position: this.#position, reason });
  }

  /** Only a time with its zone is an instant; what the page shows beside it is the local clock of whoever asked for it. */
  #readTime(datetime: string): void {
    const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/.test(datetime) ? new Date(datetime) : null;
    if (at === null || Number.isNaN(at.getTime())) return;
    if (this.#draft !== null) this.#draft.followedAt ??= at;
    else if (this.#position === 0 && this.headerTimes.length < headerTimesMax) this.headerTimes.push(at);
  }

  #fault(what: string): Error {
    return refuseExport(`${showName(this.#path)} ${what}. Use the file exactly as the network gave it.`);
  }
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** `Aug 24, 2025, 1:46 am` and `24 August 2025` as a day; other languages stay unread, as a guess could be wrong. */
export function readDay(text: string): string | null {
  const match = /\b([a-z]{3})[a-z]*\.? (\d{1,2}), (\d{4})\b/i.exec(text) ?? /\b(\d{1,2}) ([a-z]{3})[a-z]*\.? (\d{4})\b/i.exec(text);
  if (match === null) return null;
  const [, first = '', second = '', year = ''] = match;
  const isMonthFirst = /[a-z]/i.test(first);
  const month = months.indexOf((isMonthFirst ? first : second).toLowerCase()) + 1;
  const day = Number(isMonthFirst ? second : first);
  if (month === 0 || day < 1 || day > 31) return null;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

import { refuseExport, showName } from '../archive-names.ts';

/** The text of one element of the list; null when it is too long to be a follower. */
export interface RawRow {
  readonly position: number;
  readonly text: string | null;
}

type Mode = 'start' | 'key' | 'in-key' | 'colon' | 'value' | 'skip' | 'refuse-content' | 'rows' | 'after-value' | 'end';

const rowLengthMax = 64 * 1024;
const depthMax = 32;
const keyLengthMax = 200;

/**
 * Cuts a JSON list into the texts of its elements as chunks come in: a bare array, or the array under one of `wrappers` in an
 * object. It only looks for the borders; JSON.parse then judges each element. Chosen over a general streaming parser because
 * stream-json says of itself that it is not made for hostile input, and because one bad row must cost that row, not the file.
 * Memory: one row. Depth and row length are bounded. Throws AppError with the file's name.
 */
export class RowSplitter {
  readonly #path: string;
  readonly #wrappers: readonly string[];
  #mode: Mode = 'start';
  #isWrapped = false;
  #hasForeignKeys = false;
  #listsFound = 0;
  #key = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #carry = '';
  #isTooLong = false;
  #position = 0;

  constructor(path: string, wrappers: readonly string[]) {
    this.#path = path;
    this.#wrappers = wrappers;
  }

  /** Takes the next piece of text, gives the rows that ended in it. */
  push(text: string): RawRow[] {
    const rows: RawRow[] = [];
    for (let at = 0; at < text.length; at += 1) {
      if (this.#mode === 'rows' || this.#mode === 'skip' || this.#mode === 'refuse-content') at = this.#scan(text, at, rows);
      else this.#step(text.charCodeAt(at));
    }
    return rows;
  }

  /** Says that no more text comes: throws unless the list was closed. */
  finish(): void {
    if (this.#mode === 'start') throw this.#fault('is empty');
    if (this.#mode !== 'end') throw this.#fault('breaks off before its end; it may not have been downloaded fully');
    if (this.#isWrapped && this.#listsFound === 0 && this.#hasForeignKeys) throw this.#fault('holds no list that is known here');
  }

  #step(code: number): void {
    if (this.#mode === 'in-key') return this.#stepKey(code);
    if (isSpace(code)) return;
    const char = String.fromCharCode(code);
    switch (this.#mode) {
      case 'start':
        if (char !== '[' && char !== '{') throw this.#fault('is not a JSON list');
        this.#isWrapped = char === '{';
        this.#mode = this.#isWrapped ? 'key' : 'rows';
        return;
      case 'key':
        if (char === '}') this.#mode = 'end';
        else if (char === '"') this.#beginKey();
        else throw this.#fault('is not valid JSON');
        return;
      case 'colon':
        if (char !== ':') throw this.#fault('is not valid JSON');
        this.#mode = 'value';
        return;
      case 'value':
        return this.#beginValue(char);
      case 'after-value':
        if (char !== ',' && char !== '}') throw this.#fault('is not valid JSON');
        this.#mode = char === ',' ? 'key' : 'end';
        return;
      default:
        throw this.#fault('goes on after its end');
    }
  }

  #beginKey(): void {
    this.#mode = 'in-key';
    this.#key = '';
  }

  #stepKey(code: number): void {
    if (!this.#isEscaped && code === quote) {
      this.#mode = 'colon';
      return;
    }
    this.#isEscaped = !this.#isEscaped && code === backslash;
    this.#key += String.fromCharCode(code);
    if (this.#key.length > keyLengthMax) throw this.#fault('holds no list that is known here');
  }

  #beginValue(char: string): void {
    const isWanted = this.#wrappers.includes(this.#key);
    if (isWanted) this.#listsFound += 1;
    else this.#hasForeignKeys = true;
    // JSON lets the last of two equal keys win; a file that has two is not one that a network wrote.
    if (this.#listsFound > 1) throw this.#fault('holds its list twice');
    if (isWanted && char === '[') {
      this.#mode = 'rows';
      return;
    }
    this.#mode = isWanted ? 'refuse-content' : 'skip';
    this.#carry = '';
    this.#scan(char, 0, []);
  }

  /** Walks through values; returns the index of the last character it took. */
  #scan(text: string, from: number, rows: RawRow[]): number {
    let start = from;
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === backslash) this.#isEscaped = true;
        else if (code === quote) this.#isInString = false;
      } else if (code === quote) this.#isInString = true;
      else if (code === openBrace || code === openBracket) this.#descend();
      else if (this.#depth > 0) {
        if (code === closeBrace || code === closeBracket) this.#depth -= 1;
      } else if (code === comma || code === closeBrace || code === closeBracket) {
        this.#keep(text.slice(start, at));
        this.#endElement(code, rows);
        if (this.#mode !== 'rows') return at;
        start = at + 1;
      }
    }
    this.#keep(text.slice(start));
    return text.length - 1;
  }

  #descend(): void {
    this.#depth += 1;
    if (this.#depth > depthMax) throw this.#fault('is nested deeper than any real export');
  }

  #keep(piece: string): void {
    if (this.#mode === 'skip' || this.#isTooLong) return;
    this.#carry += piece;
    if (this.#carry.length <= rowLengthMax) return;
    this.#isTooLong = true;
    this.#carry = '';
  }

  #endElement(code: number, rows: RawRow[]): void {
    const text = this.#carry;
    const isTooLong = this.#isTooLong;
    this.#carry = '';
    this.#isTooLong = false;
    if (this.#mode !== 'rows') {
      if (code === closeBracket) throw this.#fault('is not valid JSON');
      const isEmptyValue = /^\s*(null|\{\s*\})\s*$/.test(text);
      if (this.#mode === 'refuse-content' && !isEmptyValue) throw this.#fault('holds something else where its list should be');
      this.#mode = code === comma ? 'key' : 'end';
      return;
    }
    if (code === closeBrace) throw this.#fault('is not valid JSON');
    const isEmptyList = code === closeBracket && this.#position === 0 && !isTooLong && text.trim() === '';
    if (!isEmptyList) {
      this.#position += 1;
      rows.push({ position: this.#position, text: isTooLong ? null : text });
    }
    if (code === closeBracket) {
      this.#position = 0;
      this.#mode = this.#isWrapped ? 'after-value' : 'end';
    }
  }

  #fault(what: string): Error {
    return refuseExport(`${showName(this.#path)} ${what}. Use the file exactly as the network gave it.`);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

import { useEffect, useRef } from 'react';

/** A key that works anywhere: `?`, `/`, a sequence `g d`, or with the command key `mod+k`. */
export interface Shortcut {
  readonly keys: string;
  readonly label: string;
  readonly run: () => void;
}

const sequenceMs = 1_000;
const shortcuts = new Map<symbol, Shortcut>();
let areSingleKeysOn = true;
let pending: { readonly key: string; readonly atMs: number } | null = null;

/** Switches single-letter keys on or off, as the user's profile says (WCAG 2.1.4). */
export function setSingleKeys(isOn: boolean): void {
  areSingleKeysOn = isOn;
}

export interface KeyPress {
  readonly key: string;
  readonly hasCommand: boolean;
  readonly hasAlt: boolean;
}

const arrows: Readonly<Record<string, string>> = { ArrowLeft: 'left', ArrowRight: 'right' };

/** Names a key press as a shortcut writes it; null for presses that no shortcut uses. */
export function nameOfPress(press: KeyPress): string | null {
  const arrow = arrows[press.key];
  if (arrow !== undefined) return press.hasCommand || press.hasAlt ? null : arrow;
  if (press.hasAlt || press.key.length !== 1) return null;
  return press.hasCommand ? `mod+${press.key.toLowerCase()}` : press.key.toLowerCase();
}

export interface KeyMatch {
  /** The shortcut's keys to run, if any. */
  readonly keys: string | null;
  /** The first key of a sequence that is still open. */
  readonly pending: string | null;
}

/** Finds what a press means among known keys, given the first key of an open sequence. */
export function matchPress(name: string, before: string | null, known: readonly string[]): KeyMatch {
  const sequence = before === null ? null : `${before} ${name}`;
  if (sequence !== null && known.includes(sequence)) return { keys: sequence, pending: null };
  if (known.includes(name)) return { keys: name, pending: null };
  return { keys: null, pending: known.some((keys) => keys.startsWith(`${name} `)) ? name : null };
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
}

/** Arrow keys choose within radio buttons and tabs, and scroll what has focus and can be scrolled. */
function ownsArrows(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, [role=tablist], [role=group][tabindex]') !== null;
}

function isModalOpen(): boolean {
  return document.querySelector('dialog:modal, [role=menu]') !== null;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  const hasCommand = event.metaKey || event.ctrlKey;
  const name = nameOfPress({ key: event.key, hasCommand, hasAlt: event.altKey });
  if (name === null) return;
  if (!hasCommand && (!areSingleKeysOn || isTyping(event.target) || isModalOpen())) return;
  if (Object.values(arrows).includes(name) && ownsArrows(event.target)) return;
  const before = pending !== null && event.timeStamp - pending.atMs < sequenceMs ? pending.key : null;
  const match = matchPress(name, before, [...shortcuts.values()].map((shortcut) => shortcut.keys));
  pending = match.pending === null ? null : { key: match.pending, atMs: event.timeStamp };
  if (match.keys === null) return;
  event.preventDefault();
  [...shortcuts.values()].findLast((shortcut) => shortcut.keys === match.keys)?.run();
}

/** Starts listening; call once. */
export function listenForShortcuts(): void {
  globalThis.addEventListener('keydown', onKeyDown);
}

/** The shortcuts in force, for the list that `?` opens. */
export function listShortcuts(): readonly Shortcut[] {
  return [...shortcuts.values()];
}

/** Offers a shortcut while the component is on screen; the latest wins where two use the same keys. */
export function useShortcut(keys: string, label: string, run: () => void): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    const id = Symbol(keys);
    shortcuts.set(id, { keys, label, run: () => latest.current() });
    return () => {
      shortcuts.delete(id);
    };
  }, [keys, label]);
}

const signs: Readonly<Record<string, string>> = { left: '←', right: '→', enter: '↩' };

/** How a shortcut is written for people: `mod+k` is ⌘K on a Mac, Ctrl K elsewhere. */
export function writeKeys(keys: string): readonly string[] {
  const isMac = typeof navigator !== 'undefined' && /mac|iphone|ipad/i.test(navigator.userAgent);
  return keys.split(/[ +]/).map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : (signs[key] ?? (key.length === 1 ? key.toUpperCase() : key))));
}

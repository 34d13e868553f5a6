import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One rule that a password breaks; the codes are Django's. */
export interface PasswordFault {
  readonly code: 'password_too_short' | 'password_too_common' | 'password_entirely_numeric' | 'password_too_similar';
  readonly message: string;
}

const lengthMin = 12;
const similarityMax = 0.7;
/** A part this much shorter than the password cannot reach the similarity; Django skips it. */
const lengthRatioMax = 10;
const productWords = ['rookery'];

/** Django's four validators, all of them, reported together; an empty list means that the password is good. */
export function checkPassword(password: string, person: { readonly email: string; readonly name: string }): PasswordFault[] {
  const faults: PasswordFault[] = [];
  if ([...password].length < lengthMin) {
    faults.push({ code: 'password_too_short', message: `Use at least ${lengthMin} characters. A few words in a row are easy to remember.` });
  }
  const similar = findSimilarAttribute(password, person);
  if (similar !== null) faults.push({ code: 'password_too_similar', message: `This is too close to your ${similar}.` });
  if (isCommon(password)) faults.push({ code: 'password_too_common', message: 'This password, or one very like it, is among the first that attackers try.' });
  if (isNumeric(password)) faults.push({ code: 'password_entirely_numeric', message: 'Use more than digits.' });
  return faults;
}

// Python's str.isdigit: Nd, and the digits that stand above, below or in circles. A space breaks it.
function isNumeric(password: string): boolean {
  return /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490]+$/u.test(password);
}

let common: ReadonlySet<string> | null = null;

function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(gunzipSync(readFileSync(new URL('common-passwords.txt.gz', import.meta.url))).toString('utf8').split('\n').filter((line) => line !== ''));
  return common;
}

/**
 * In the list as it is, or a listed password stretched to twelve: digits and signs around it, or itself over again. Lists of
 * leaked passwords are short ones; what people do to reach a length is this.
 */
function isCommon(password: string): boolean {
  const plain = password.trim().toLowerCase();
  const list = commonPasswords();
  if (list.has(plain) || isRepeated(plain)) return true;
  const core = plain.replace(/^[^\p{L}]+/u, '').replace(/[^\p{L}]+$/u, '');
  if (core.length < 4) return isWalk(plain);
  const word = core.replaceAll('0', 'o').replaceAll('1', 'i').replaceAll('3', 'e').replaceAll('4', 'a').replaceAll('@', 'a').replaceAll('$', 's').replaceAll('5', 's');
  return [core, word].some((candidate) => list.has(candidate) || productWords.includes(candidate) || isRepeated(candidate) || isWalk(candidate));
}

function isRepeated(text: string): boolean {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.length % length === 0 && text.slice(0, length).repeat(text.length / length) === text) return true;
  }
  return false;
}

const walks = ['qwertyuiopasdfghjklzxcvbnm', 'abcdefghijklmnopqrstuvwxyz', '12345678901234567890', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p'];

function isWalk(text: string): boolean {
  return text.length >= 4 && walks.some((walk) => walk.includes(text) || [...walk].reverse().join('').includes(text));
}

function findSimilarAttribute(password: string, person: { email: string; name: string }): string | null {
  const plain = password.toLowerCase();
  const attributes = { 'e-mail address': person.email, name: person.name };
  for (const [label, value] of Object.entries(attributes)) {
    const whole = value.toLowerCase();
    const parts = [...whole.split(/[^\p{L}\p{N}_]+/u), whole];
    if (parts.some((part) => part !== '' && isSimilar(plain, part))) return label;
  }
  return null;
}

function isSimilar(password: string, part: string): boolean {
  const passwordLength = [...password].length;
  const partLength = [...part].length;
  const isTooShortToMatter = passwordLength >= lengthRatioMax * partLength && partLength < (similarityMax / 2) * passwordLength;
  return !isTooShortToMatter && quickRatio(password, part) >= similarityMax;
}

/** Python's difflib quick_ratio: how many characters two texts share, whatever their order. */
export function quickRatio(one: string, other: string): number {
  const available = new Map<string, number>();
  for (const character of other) available.set(character, (available.get(character) ?? 0) + 1);
  let matches = 0;
  for (const character of one) {
    const left = available.get(character) ?? 0;
    if (left > 0) matches += 1;
    available.set(character, left - 1);
  }
  const length = [...one].length + [...other].length;
  return length === 0 ? 1 : (2 * matches) / length;
}

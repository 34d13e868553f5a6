import type { Content, Part } from './posts.ts';
import type { ImageRule, Publishing, TextRule } from './publishing.ts';
import { countText, type TextProblem } from './text-count.ts';

/** One reason why a network will not take a content. */
export interface ContentProblem {
  /** Index of the part; `comment` for the first comment; null for the content as a whole. */
  readonly part: number | 'comment' | null;
  readonly code:
    | TextProblem['code'] | 'empty' | 'image-required' | 'too-many-images' | 'too-many-parts' | 'alt-text-too-long' | 'image-shape'
    | 'comment-not-supported' | 'video-not-supported' | 'video-rule' | 'too-many-videos' | 'mixed-media';
  /** A sentence that says what to do. */
  readonly message: string;
  /** How many are too many, where that can be counted. */
  readonly over?: number;
}

type Rules = Pick<Publishing, 'text' | 'images' | 'threadPartsMax' | 'firstComment'>;

/** Everything that keeps a network from taking a content, part by part; empty when it may go out. */
export function checkContent(content: Content, publishing: Rules): ContentProblem[] {
  const { text: rule, images } = publishing;
  return [
    ...checkPartCount(content.parts.length, publishing.threadPartsMax),
    ...content.parts.flatMap((part, index) => [...checkText(part.text, index, rule), ...checkMedia(part, index, images)]),
    ...checkFirstComment(content.firstComment, publishing.firstComment, rule),
  ];
}

function checkPartCount(count: number, max: number): ContentProblem[] {
  if (count <= max) return [];
  const message = max === 1 ? 'This network has no threads: keep one part.' : `A thread may have ${max} parts here: remove ${count - max}.`;
  return [{ part: null, code: 'too-many-parts', message, over: count - max }];
}

function checkText(text: string, part: ContentProblem['part'], rule: TextRule): ContentProblem[] {
  return countText(text, rule).problems.map((problem) => ({ part, code: problem.code, message: describe(problem), over: problem.over }));
}

function describe({ code, max, over }: TextProblem): string {
  switch (code) {
    case 'too-long': return `Shorten the text by ${number(over, 'character')}: ${number(max, 'character')} at most.`;
    case 'too-many-bytes': return `Shorten the text: it takes ${number(over, 'byte')} more than the ${grouped(max)} that the network stores.`;
    case 'too-many-hashtags': return `Remove ${number(over, 'hashtag')}: ${max} at most.`;
    case 'too-many-mentions': return `Remove ${number(over, 'mention')}: ${max} at most.`;
    case 'invalid-character': return 'The text has an invisible character that the network refuses. Type the text anew where it was pasted.';
  }
}

function checkMedia({ text, media }: Part, part: number, rule: ImageRule): ContentProblem[] {
  const problems: ContentProblem[] = [];
  if (media.length === 0 && rule.isRequired) problems.push({ part, code: 'image-required', message: 'Add an image: this network takes no post without one.' });
  else if (media.length === 0 && text.trim() === '') problems.push({ part, code: 'empty', message: 'Write something or add an image.' });
  if (media.length > rule.countMax) {
    const message = rule.countMax === 0 ? 'This network takes no images from here: remove them.' : `Remove ${number(media.length - rule.countMax, 'image')}: ${rule.countMax} at most.`;
    problems.push({ part, code: 'too-many-images', message, over: media.length - rule.countMax });
  }
  for (const [index, { altText }] of media.entries()) {
    const over = [...altText].length - rule.altTextLengthMax;
    if (over <= 0) continue;
    const message = `Shorten the description of image ${index + 1} by ${number(over, 'character')}: ${number(rule.altTextLengthMax, 'character')} at most.`;
    problems.push({ part, code: 'alt-text-too-long', message, over });
  }
  return problems;
}

function checkFirstComment(comment: string | null, isSupported: boolean, rule: TextRule): ContentProblem[] {
  if (comment === null) return [];
  if (!isSupported) return [{ part: 'comment', code: 'comment-not-supported', message: 'This network takes no first comment from here: remove it.' }];
  if (comment.trim() === '') return [{ part: 'comment', code: 'empty', message: 'Write the first comment, or remove it.' }];
  return checkText(comment, 'comment', rule);
}

function number(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

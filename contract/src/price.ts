import type { Content } from './posts.ts';
import type { Publishing } from './publishing.ts';
import { countText } from './text-count.ts';

/** What publishing costs on a network that charges. */
export interface Price {
  /** In millionths of a US dollar. */
  readonly micros: number;
  /** How many posts that is … */
  readonly posts: number;
  /** … and how many of them are dearer for a link. */
  readonly dearer: number;
}

type Priced = Pick<Publishing, 'price' | 'text'>;

/** The price of one text, in millionths of a US dollar; 0 where publishing is free. */
export function priceOfText(text: string, { price, text: rule }: Priced): number {
  if (price === null) return 0;
  return countText(text, rule).links > 0 ? price.postWithLink : price.post;
}

/** The price of a whole content, each part and the first comment; `from` leaves out the first so many. */
export function priceOfContent({ parts, firstComment }: Content, rules: Priced, from = 0): Price {
  if (rules.price === null) return { micros: 0, posts: 0, dearer: 0 };
  const comment = firstComment === null || firstComment === '' ? [] : [firstComment];
  const prices = [...parts.map(({ text }) => text), ...comment].slice(from).map((text) => priceOfText(text, rules));
  const { post } = rules.price;
  return { micros: prices.reduce((sum, one) => sum + one, 0), posts: prices.length, dearer: prices.filter((one) => one > post).length };
}

import type { Account } from '@rookery/contract/accounts.ts';
import { checkContent, type ContentProblem } from '@rookery/contract/check-content.ts';
import { checkShapes } from '@rookery/contract/image-shape.ts';
import { checkVideos, type CheckedMedium } from '@rookery/contract/check-videos.ts';
import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import { formatPrice } from '@rookery/contract/money.ts';
import type { Network } from '@rookery/contract/networks.ts';
import type { Content, Post } from '@rookery/contract/posts.ts';
import { priceOfContent, type Price } from '@rookery/contract/price.ts';
import { publishingFor, type Publishing, type TextRule } from '@rookery/contract/publishing.ts';
import type { listSpending } from '@rookery/contract/spending.ts';

import { contentFor, type Draft, type EditContent } from './draft.ts';

/** An account, and whether it can be published to from here. */
export interface Destination {
  readonly account: Account;
  /** How its posts are taken, by its own server's limits where it has some; null where none are taken from here. */
  readonly publishing: Publishing | null;
  /** Why it can't be chosen, in words; null when it can. */
  readonly refusal: string | null;
  /** Connecting again would help. */
  readonly needsReconnect: boolean;
}

/** Which accounts a post can go to, and why not to the others. */
export function destinationsOf(accounts: readonly Account[], networks: readonly Network[]): Destination[] {
  return accounts.map((account) => {
    const rules = networks.find(({ id }) => id === account.network)?.publishing ?? null;
    const publishing = rules === null ? null : publishingFor(rules, account.limits);
    const needsReconnect = publishing !== null && (account.state === 'reconnect' || account.state === 'disconnected');
    const refusal = publishing === null ? `Posts can't be published to ${account.networkName} from here.`
      : account.state === 'reconnect' ? 'Its access has ended: reconnect it first.'
      : account.state === 'disconnected' ? 'It is disconnected.'
      : account.state === 'import' ? 'It is filled by imports and not connected.'
      : null;
    return { account, publishing, refusal, needsReconnect };
  });
}

export interface NetworkRule {
  readonly network: string;
  /** The network, or the account where others of its network have another rule. */
  readonly name: string;
  readonly rule: TextRule;
}

/** The network's name, with the account's where servers of one network differ in what they take. */
function nameAmong({ account, publishing }: Destination, all: readonly Destination[]): string {
  const isOwn = all.some((other) => other.account.network === account.network && signRule(other) !== signRule({ publishing }));
  return isOwn ? `${account.networkName} @${account.handle}` : account.networkName;
}

function signRule({ publishing }: Pick<Destination, 'publishing'>): string {
  return publishing === null ? '' : `${publishing.text.lengthMax} ${String(publishing.text.linkLength)} ${publishing.images.countMax}`;
}

/** The same for destinations with the same text rules, so that typing needs no new ones. */
export function signRules(destinations: readonly Destination[]): string {
  return destinations.map((destination) => `${destination.account.id} ${signRule(destination)}`).join(',');
}

/** The text rules that a content has to keep: one for each network that it goes to, or for each server where they differ. */
export function rulesOf(destinations: readonly Destination[]): NetworkRule[] {
  const rules = new Map<string, NetworkRule>();
  for (const destination of destinations) {
    const { account, publishing } = destination;
    const key = `${account.network} ${signRule(destination)}`;
    if (publishing !== null && !rules.has(key)) rules.set(key, { network: account.network, name: nameAmong(destination, destinations), rule: publishing.text });
  }
  return [...rules.values()];
}

/** Something to put right before the post can go out. */
export interface Problem {
  readonly id: string;
  /** Whose words: those for all (null) or an account's own. */
  readonly accountId: string | null;
  readonly part: ContentProblem['part'];
  /** The networks that say so. */
  readonly networks: readonly string[];
  readonly message: string;
  /** An image in another shape would be taken. */
  readonly reshape: { readonly mediaId: string; readonly ratio: number } | null;
}

function plain(content: EditContent): Content {
  return { parts: content.parts.map(({ text, media }) => ({ text, media })), firstComment: content.firstComment === '' ? null : content.firstComment };
}

/** Everything that keeps a post from going out as it is, each said once. */
export function findProblems(draft: Draft, destinations: readonly Destination[], shapes: ReadonlyMap<string, CheckedMedium> = new Map()): Problem[] {
  const problems = new Map<string, Problem>();
  const chosen = destinations.filter(({ account }) => draft.targets.some(({ accountId }) => accountId === account.id));
  for (const destination of chosen) {
    const { account, publishing, refusal } = destination;
    if (publishing === null || refusal !== null) {
      problems.set(account.id, { id: account.id, accountId: null, part: null, networks: [`@${account.handle}`], message: refusal ?? '', reshape: null });
      continue;
    }
    const isOwn = draft.targets.some(({ accountId, content }) => accountId === account.id && content !== null);
    const accountId = isOwn ? account.id : null;
    const content = plain(contentFor(draft, account.id));
    const add = (found: Pick<Problem, 'part' | 'message' | 'reshape'>): void => {
      const id = `${accountId ?? 'all'}:${String(found.part)}:${found.message}`;
      const known = problems.get(id)?.networks ?? [];
      problems.set(id, { id, accountId, ...found, networks: [...new Set([...known, nameAmong(destination, chosen)])] });
    };
    for (const { part, message } of checkContent(content, publishing)) add({ part, message, reshape: null });
    for (const { part, message, mediaId, ratio } of checkShapes(content, publishing.images, shapes)) add({ part, message, reshape: { mediaId, ratio } });
    for (const { part, message } of checkVideos(content, publishing.videos, shapes)) add({ part, message, reshape: null });
  }
  return [...problems.values()];
}

function textOf(content: EditContent): string {
  return content.parts.map(({ text }) => text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()).join('\n');
}

/** Networks that forbid the same text on several accounts, where this post would do that. */
export function findSameText(draft: Draft, destinations: readonly Destination[]): string[] {
  const seen = new Set<string>();
  const named = new Set<string>();
  for (const { accountId } of draft.targets) {
    const destination = destinations.find(({ account }) => account.id === accountId);
    if (destination?.publishing?.refusesSameText !== true) continue;
    const text = textOf(contentFor(draft, accountId));
    const key = `${destination.account.network}:${text}`;
    if (text !== '' && seen.has(key)) named.add(destination.account.networkName);
    seen.add(key);
  }
  return [...named];
}

/** What publishing will cost, in words; null where it is free. */
export function forecastPrice(draft: Draft, destinations: readonly Destination[]): string | null {
  const sum = { micros: 0, posts: 0, dearer: 0 };
  for (const { accountId } of draft.targets) {
    const { micros, posts, dearer } = priceOn(draft, destinations.find(({ account }) => account.id === accountId));
    sum.micros += micros;
    sum.posts += posts;
    sum.dearer += dearer;
  }
  if (sum.micros === 0) return null;
  const what = sum.posts === 1 ? '' : ` for ${sum.posts} posts`;
  return `About ${formatPrice(sum.micros)}${what}${sum.dearer === 0 ? '' : sum.dearer === 1 ? ', because of the link' : ', because of the links'}`;
}

function priceOn(draft: Draft, destination: Destination | undefined): Price {
  if (destination === undefined || destination.publishing === null) return { micros: 0, posts: 0, dearer: 0 };
  return priceOfContent(plain(contentFor(draft, destination.account.id)), destination.publishing);
}

/** What a post leaves of an account's budget. */
export interface BudgetForecast {
  readonly accountId: string;
  readonly words: string;
  readonly isBeyond: boolean;
}

/**
 * What is left of the month's budget of each chosen account that has one. `saved` is the post as the server has it: what it was planned
 * with is part of what the server forecasts, and not counted twice.
 */
export function forecastBudgets(
  draft: Draft, destinations: readonly Destination[], known: { readonly spending: ReplyOf<typeof listSpending>; readonly saved: Post | null },
): BudgetForecast[] {
  const { spending: { month, spending }, saved } = known;
  return destinations.flatMap((destination) => {
    const { account } = destination;
    const budget = spending.find(({ accountId }) => accountId === account.id);
    const { micros } = priceOn(draft, draft.targets.some(({ accountId }) => accountId === account.id) ? destination : undefined);
    if (budget === undefined || budget.budgetMicros === null || micros === 0 || destination.publishing === null) return [];
    const before = saved?.targets.find(({ accountId, state, dueAt }) => accountId === account.id && state === 'scheduled' && dueAt !== null && dueAt < month.to);
    const own = before === undefined || saved === null ? 0 : priceOfContent(before.content ?? saved.content, destination.publishing).micros;
    const left = Math.max(0, budget.budgetMicros - budget.spentMicros - budget.plannedMicros + own);
    const of = `${formatPrice(left)} of the ${formatPrice(budget.budgetMicros)} for ${month.name} is left after what is planned`;
    const isBeyond = micros > left;
    return [{
      accountId: account.id, isBeyond,
      words: isBeyond
        ? `@${account.handle}: about ${formatPrice(micros)}, but ${of}. Raise the budget on the account's page, or it may not go out this month.`
        : `@${account.handle}: about ${formatPrice(micros)}; ${of}.`,
    }];
  });
}

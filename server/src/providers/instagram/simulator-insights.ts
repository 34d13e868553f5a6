import type { Clock } from '../../platform/clock.ts';
import { figuresOf } from '../simulation/post-figures.ts';
import { createRandom, hashParts } from '../simulation/random.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import type { SimulatedPost, World } from '../simulation/world.ts';
import { graphError } from './simulator-errors.ts';

interface InsightsQuestion {
  readonly userId: string;
  readonly query: URLSearchParams;
}

interface Span {
  readonly fromDay: number;
  /** Not included. */
  readonly toDay: number;
}

const dayMs = 86_400_000;
const daysMax = 30;
const smallAccountFollowers = 100;

/** Mean per day, as a share of the followers. */
const shares: Readonly<Record<string, number>> = {
  reach: 0.62, views: 1.4, accounts_engaged: 0.045, total_interactions: 0.071, likes: 0.052, comments: 0.0041, saves: 0.0075,
  shares: 0.0073,
};
const metricNames = [...Object.keys(shares), 'follows_and_unfollows', 'follower_count'];

/** `GET /{id}/insights`: all asked metrics, or one error for the whole call. */
export function answerInsights(options: { clock: Clock; world: World }, question: InsightsQuestion): SimulatedReply {
  const { query } = question;
  const metrics = (query.get('metric') ?? '').split(',').filter((metric) => metric !== '');
  const unknown = metrics.find((metric) => !metricNames.includes(metric));
  if (metrics.length === 0 || unknown !== undefined) {
    return refuse(`metric[0] must be one of the following values: ${metricNames.join(', ')}`);
  }
  if (query.get('period') !== 'day') return refuse('The period is incompatible with the metrics. Use period=day.');
  const followers = options.world.edgesOf(question.userId).length;
  const mismatch = findTypeMismatch(metrics, query.get('metric_type'));
  if (mismatch !== null) return refuse(mismatch);
  if (metrics.includes('follower_count') && followers < smallAccountFollowers) {
    return refuse(`The metric follower_count is not available for accounts with fewer than ${smallAccountFollowers} followers`);
  }
  const span = readSpan(options.clock, query);
  if (span === null) return refuse('There cannot be more than 30 days (2592000 s) between since and until');
  const isSmall = followers < smallAccountFollowers;
  const data = metrics
    .filter((metric) => !(metric === 'follows_and_unfollows' && isSmall))
    .map((metric) => describeMetric(options.world, { metric, span, question, followers }));
  return jsonReply(200, { data, paging: pagingOf(question, span) });
}

const mediaMetrics = ['views', 'reach', 'likes', 'comments', 'saved', 'shares', 'total_interactions'];

/** `GET /{media}/insights`: figures of a post from its beginning on. */
export function answerMediaInsights(options: { clock: Clock; world: World }, post: SimulatedPost, query: URLSearchParams): SimulatedReply {
  const metrics = (query.get('metric') ?? '').split(',').filter((metric) => metric !== '');
  const unknown = metrics.find((metric) => !mediaMetrics.includes(metric));
  if (metrics.length === 0 || unknown !== undefined) return refuse(`metric[0] must be one of the following values: ${mediaMetrics.join(', ')}`);
  const { views, likes, replies, reposts, saves } = figuresOf(options, post);
  const values: Readonly<Record<string, number>> = {
    views, reach: Math.floor(views * 0.7), likes, comments: replies, saved: saves, shares: reposts, total_interactions: likes + replies + saves + reposts,
  };
  return jsonReply(200, {
    data: metrics.map((name) => {
      const words = name.replaceAll('_', ' ');
      const title = words.charAt(0).toUpperCase() + words.slice(1);
      return { name, period: 'lifetime', values: [{ value: values[name] }], title, description: `Simulated ${words}.`, id: `${post.id}/insights/${name}/lifetime` };
    }),
  });
}

function refuse(message: string): SimulatedReply {
  return graphError({ code: 100, message: `(#100) ${message}` });
}

/** Totals need `metric_type=total_value`, `follower_count` is a series only, `reach` is both. */
function findTypeMismatch(metrics: readonly string[], type: string | null): string | null {
  if (type !== null && type !== 'total_value' && type !== 'time_series') return 'metric_type must be one of: time_series, total_value';
  if (type === 'total_value') {
    return metrics.includes('follower_count') ? 'Incompatible metrics (follower_count) with metric type (total_value)' : null;
  }
  const totals = metrics.filter((metric) => metric !== 'reach' && metric !== 'follower_count');
  if (totals.length === 0) return null;
  return `The following metrics (${totals.join(',')}) should be specified with parameter metric_type=total_value`;
}

/** Whole UTC days; yesterday without `since` and `until`. Null when longer than allowed or upside down. */
function readSpan(clock: Clock, query: URLSearchParams): Span | null {
  const today = Math.floor(clock.now().getTime() / dayMs);
  const until = readInstant(query.get('until'));
  const since = readInstant(query.get('since'));
  const toDay = until === null ? today : Math.ceil(until / dayMs);
  const fromDay = since === null ? toDay - 1 : Math.floor(since / dayMs);
  return fromDay < toDay && toDay - fromDay <= daysMax + 1 ? { fromDay, toDay } : null;
}

function readInstant(text: string | null): number | null {
  if (text === null) return null;
  const instant = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}

interface MetricInput {
  readonly metric: string;
  readonly span: Span;
  readonly question: InsightsQuestion;
  readonly followers: number;
}

function describeMetric(world: World, input: MetricInput): Record<string, unknown> {
  const { metric, span, question } = input;
  const isSeries = question.query.get('metric_type') !== 'total_value';
  const words = metric.replaceAll('_', ' ');
  const head = { name: metric, period: 'day', title: words.charAt(0).toUpperCase() + words.slice(1), description: `Simulated ${words}.` };
  const id = `${question.userId}/insights/${metric}/day`;
  if (!isSeries) return { ...head, total_value: totalOf(world, input), id };
  const days = Array.from({ length: span.toDay - span.fromDay }, (_, n) => span.fromDay + n);
  const values = days.map((day) => ({ value: valueOn(world, { ...input, day }), end_time: endTimeOf(day) }));
  return { ...head, values, id };
}

function totalOf(world: World, input: MetricInput): Record<string, unknown> {
  const { metric, span, question } = input;
  if (metric === 'follows_and_unfollows') {
    const { gained, lost } = changesOn(world, question.userId, span);
    const value = gained + lost;
    if (question.query.get('breakdown') !== 'follow_type') return { value };
    const results = [
      { dimension_values: ['FOLLOWER'], value: gained },
      { dimension_values: ['NON_FOLLOWER'], value: lost },
    ];
    return { value, breakdowns: [{ dimension_keys: ['follow_type'], results }] };
  }
  let sum = 0;
  for (let day = span.fromDay; day < span.toDay; day += 1) sum += valueOn(world, { ...input, day });
  // Reach counts people once, so that of many days is less than the sum of the days.
  const days = span.toDay - span.fromDay;
  return { value: metric === 'reach' ? Math.round(sum / days ** 0.4) : sum };
}

function valueOn(world: World, input: Omit<MetricInput, 'span'> & { readonly day: number }): number {
  const { metric, question, followers, day } = input;
  if (metric === 'follower_count') return changesOn(world, question.userId, { fromDay: day, toDay: day + 1 }).gained;
  const random = createRandom(hashParts(...[...`${question.userId} ${metric}`].map((letter) => letter.charCodeAt(0))), day);
  const weekday = new Date(day * dayMs).getUTCDay();
  const factor = (weekday === 0 || weekday === 6 ? 0.8 : 1.05) * (0.7 + 0.6 * random.next());
  return Math.round(followers * (shares[metric] ?? 0) * factor);
}

function changesOn(world: World, userId: string, span: Span): { readonly gained: number; readonly lost: number } {
  return world.changesBetween(userId, new Date(span.fromDay * dayMs), new Date(span.toDay * dayMs));
}

/** Meta's days end at 07:00 UTC, and its offsets have no colon. */
function endTimeOf(day: number): string {
  return new Date((day + 1) * dayMs + 7 * 3_600_000).toISOString().replace('.000Z', '+0000');
}

function pagingOf(question: InsightsQuestion, span: Span): Record<string, string> {
  const days = span.toDay - span.fromDay;
  const link = (fromDay: number): string => {
    const query = new URLSearchParams(question.query);
    query.delete('access_token');
    query.set('since', String((fromDay * dayMs) / 1000));
    query.set('until', String(((fromDay + days) * dayMs) / 1000));
    return `https://graph.instagram.com/v23.0/${question.userId}/insights?${query.toString()}`;
  };
  return { previous: link(span.fromDay - days), next: link(span.toDay) };
}

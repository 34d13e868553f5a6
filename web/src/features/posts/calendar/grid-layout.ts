import { wallTimeOf } from '@rookery/contract/wall-time.ts';

import type { CalendarPost } from '../calendar-post.ts';

/** A post where the calendar shows it: its time in the zone of the workspace. */
export interface PlacedPost {
  readonly post: CalendarPost;
  readonly wallTime: string;
  readonly day: string;
  /** Minutes since midnight. */
  readonly minute: number;
}

const minutesOfDay = 24 * 60;

/** Puts posts into days of a zone, in order of their time. Posts without a time are left out. */
export function placePosts(posts: readonly CalendarPost[], zone: string): PlacedPost[] {
  const placed = posts.flatMap((post): PlacedPost[] => {
    if (post.dueAt === null) return [];
    const wallTime = post.zone === zone && post.wallTime !== null ? post.wallTime : wallTimeOf(new Date(post.dueAt), zone);
    return [{ post, wallTime, day: wallTime.slice(0, 10), minute: Number(wallTime.slice(11, 13)) * 60 + Number(wallTime.slice(14, 16)) }];
  });
  return placed.sort(compareByInstant);
}

/** By instant: in the hour that comes twice, the wall time would mix the two up. Instants of one form compare as text. */
function compareByInstant(a: PlacedPost, b: PlacedPost): number {
  const [first, second] = [a.post.dueAt ?? '', b.post.dueAt ?? ''];
  if (first !== second) return first < second ? -1 : 1;
  return a.post.id < b.post.id ? -1 : 1;
}

/** Posts by day. */
export function groupByDay(placed: readonly PlacedPost[]): ReadonlyMap<string, readonly PlacedPost[]> {
  return Map.groupBy(placed, (entry) => entry.day);
}

/** As many of a day as there is room for, and how many are left. */
export function fitInto(entries: readonly PlacedPost[], roomFor: number): { shown: readonly PlacedPost[]; more: number } {
  const shown = entries.slice(0, roomFor);
  return { shown, more: entries.length - shown.length };
}

export interface LaidOut {
  readonly entry: PlacedPost;
  /** Where its box begins; late ones are moved up to stay within the day. */
  readonly topMinute: number;
  readonly lane: number;
  readonly lanes: number;
}

export interface Stack {
  readonly entries: readonly PlacedPost[];
  readonly topMinute: number;
  readonly lane: number;
  readonly lanes: number;
}

export interface DayLayout {
  readonly chips: readonly LaidOut[];
  /** Posts for which there is no lane of their own: one button for each group. */
  readonly stacks: readonly Stack[];
}

interface LayoutRoom {
  /** How long a box is, in minutes of the grid. */
  readonly boxMinutes: number;
  readonly lanesMax: number;
}

interface Box {
  readonly entry: PlacedPost;
  readonly topMinute: number;
}

/** Boxes that touch one another, directly or through others. */
function clusterBoxes(boxes: readonly Box[], boxMinutes: number): Box[][] {
  const clusters: Box[][] = [];
  let endMinute = -1;
  for (const box of boxes) {
    const cluster = clusters.at(-1);
    if (cluster !== undefined && box.topMinute < endMinute) cluster.push(box);
    else clusters.push([box]);
    endMinute = box.topMinute + boxMinutes;
  }
  return clusters;
}

/** The first lane that is free for each box. */
function chooseLanes(cluster: readonly Box[], boxMinutes: number): number[] {
  const ends: number[] = [];
  return cluster.map((box) => {
    const free = ends.findIndex((end) => end <= box.topMinute);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = box.topMinute + boxMinutes;
    return lane;
  });
}

/** Neighbours in the last lane that would cover each other become one stack. */
function stackBoxes(boxes: readonly Box[], { boxMinutes, lanesMax }: LayoutRoom): Stack[] {
  const stacks: { entries: PlacedPost[]; topMinute: number; lane: number; lanes: number }[] = [];
  for (const { entry, topMinute } of boxes) {
    const stack = stacks.at(-1);
    if (stack !== undefined && topMinute < stack.topMinute + boxMinutes) stack.entries.push(entry);
    else stacks.push({ entries: [entry], topMinute, lane: lanesMax - 1, lanes: lanesMax });
  }
  return stacks;
}

/** Where each post of a day goes: side by side where times are close, and "n more" where lanes run out. */
export function layOutDay(entries: readonly PlacedPost[], room: LayoutRoom): DayLayout {
  const boxes = entries
    .map((entry) => ({ entry, topMinute: Math.min(entry.minute, minutesOfDay - room.boxMinutes) }))
    .sort((a, b) => a.topMinute - b.topMinute);
  const layouts = clusterBoxes(boxes, room.boxMinutes).map((cluster): DayLayout => {
    const lanes = chooseLanes(cluster, room.boxMinutes);
    const needed = Math.max(...lanes) + 1;
    const isCrowded = needed > room.lanesMax;
    const lanesShown = isCrowded ? room.lanesMax - 1 : needed;
    const chips = cluster.flatMap((box, index): LaidOut[] => {
      const lane = lanes[index] ?? 0;
      return lane < lanesShown ? [{ ...box, lane, lanes: Math.min(needed, room.lanesMax) }] : [];
    });
    const left = isCrowded ? cluster.filter((_, index) => (lanes[index] ?? 0) >= lanesShown) : [];
    return { chips, stacks: stackBoxes(left, room) };
  });
  return { chips: layouts.flatMap(({ chips }) => chips), stacks: layouts.flatMap(({ stacks }) => stacks) };
}

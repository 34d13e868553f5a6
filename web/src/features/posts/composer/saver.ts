import type { BodyOf } from '@rookery/contract/endpoint.ts';
import type { createPost, Post, updatePost, When } from '@rookery/contract/posts.ts';

import { ApiError } from '../../../platform/api-error.ts';
import { createStore, type Store } from '../../../platform/store.ts';
import type { Written } from './draft.ts';

type CreateBody = BodyOf<typeof createPost>;
type UpdateBody = BodyOf<typeof updatePost>;

/** How it stands with what was typed. */
export type SaveState =
  | { readonly kind: 'clean' }
  /** Typed and not saved yet; kept in this browser. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved'; readonly atMs: number }
  /** The server is out of reach; tried again by itself. */
  | { readonly kind: 'offline' }
  /** Somebody else changed the post: a person chooses. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'refused'; readonly message: string };

export interface SaverOptions {
  readonly post: Post | null;
  readonly create: (body: CreateBody) => Promise<Post>;
  readonly update: (postId: string, body: UpdateBody) => Promise<Post>;
  /** Keeps what is not saved in this browser; null forgets it. `version` is the one it was written on. */
  readonly keep: (written: Written | null, version: number | null) => void;
  readonly onSaved: (post: Post) => void;
  readonly newKey: () => string;
  readonly autosaveMs?: number;
  readonly retryMs?: number;
}

interface Extra {
  readonly when?: When;
  readonly allowDuplicate?: boolean;
}

export interface Saver {
  readonly state: Store<SaveState>;
  readonly post: () => Post | null;
  /** Takes note of what was typed: kept here at once, and sent after a moment while the post is a draft. */
  readonly change: (written: Written) => void;
  /** Sends everything with a time: a draft, scheduled, or at once. Throws ApiError. */
  readonly commit: (written: Written, extra: Required<Pick<Extra, 'when'>> & Extra) => Promise<Post>;
  /** Saves at once what is typed of a draft; what has a time waits for `commit`. Its outcome is in the state. */
  readonly flush: () => Promise<void>;
  /** After a conflict: goes on from another version, with what was typed here or without it. */
  readonly settle: (latest: Post, mine: Written | null) => void;
  /** Nothing worth keeping is left of what was typed. */
  readonly forget: () => void;
  /** Call when the composer opens, and `dispose` when it closes: that sends what is left of a draft. */
  readonly open: () => void;
  readonly dispose: () => void;
}

/** The answer was lost or never came: it may have worked. */
function isDoubtful(error: unknown): boolean {
  return error instanceof ApiError && ['offline', 'unavailable', 'internal', 'network-failed'].includes(error.code);
}

function stateOf(error: unknown): SaveState {
  if (error instanceof ApiError && error.code === 'conflict') return { kind: 'conflict' };
  if (isDoubtful(error)) return { kind: 'offline' };
  return { kind: 'refused', message: error instanceof ApiError ? error.message : 'Something went wrong in this page.' };
}

/** The extra members that are given; a member that is undefined is not sent. */
function given({ when, allowDuplicate }: Extra): Extra {
  return { ...(when === undefined ? {} : { when }), ...(allowDuplicate === undefined ? {} : { allowDuplicate }) };
}

/** Sends one change after the other. A repeated creation names the same key, so that a lost answer never makes two posts. */
function createSender(options: SaverOptions) {
  let post = options.post;
  let doubtful: CreateBody | null = null;

  const create = async (body: Omit<CreateBody, 'requestKey'>): Promise<boolean> => {
    const repeated = doubtful;
    const sent = repeated ?? { requestKey: options.newKey(), ...body };
    doubtful = sent;
    try {
      post = await options.create(sent);
      doubtful = null;
      return repeated === null || JSON.stringify({ ...body, requestKey: sent.requestKey }) === JSON.stringify({ ...repeated, requestKey: sent.requestKey });
    } catch (error) {
      if (!isDoubtful(error)) doubtful = null;
      throw error;
    }
  };

  const send = async (written: Written, extra: Extra): Promise<Post> => {
    // An earlier try may have got through with other words: then this one changes them.
    const isDone = post === null && (await create({ ...written, when: { kind: 'draft' }, ...given(extra) }));
    if (isDone && post !== null) return post;
    if (post === null) throw new ApiError('internal', 'The post was not created.');
    post = await options.update(post.id, { version: post.version, ...written, ...given(extra) });
    return post;
  };

  const adopt = (next: Post): void => {
    post = next;
  };

  return { send, post: () => post, adopt };
}

/** What a saver holds between its steps. */
interface Desk {
  readonly options: SaverOptions;
  readonly sender: ReturnType<typeof createSender>;
  readonly state: Store<SaveState>;
  /** Typed and not saved. */
  unsaved: Written | null;
  timer: ReturnType<typeof setTimeout> | null;
  queue: Promise<unknown>;
  isOver: boolean;
}

const autosavesAfterMs = 2_000;
const retriesAfterMs = 10_000;

function stop(desk: Desk): void {
  if (desk.timer !== null) clearTimeout(desk.timer);
  desk.timer = null;
}

/** Only drafts are saved by themselves: what has a time changes when a person says so. */
function plan(desk: Desk, afterMs: number): void {
  stop(desk);
  const isDraft = (desk.sender.post()?.dueAt ?? null) === null;
  if (!desk.isOver && isDraft && desk.state.get().kind !== 'conflict') desk.timer = setTimeout(() => void flush(desk), afterMs);
}

async function flush(desk: Desk): Promise<void> {
  stop(desk);
  // Its outcome is in the state.
  if (desk.unsaved !== null) await write(desk, desk.unsaved, {}).catch(() => undefined);
}

/** One after the other: each waits for the version that the one before it made. */
function write(desk: Desk, written: Written, extra: Extra): Promise<Post> {
  const result = desk.queue.then(() => writeNow(desk, written, extra));
  desk.queue = result.catch(() => undefined);
  return result;
}

async function writeNow(desk: Desk, written: Written, extra: Extra): Promise<Post> {
  const { options, sender, state } = desk;
  state.set({ kind: 'saving' });
  try {
    const post = await sender.send(written, extra);
    if (desk.unsaved === written) {
      desk.unsaved = null;
      options.keep(null, null);
      state.set({ kind: 'saved', atMs: Date.now() });
    } else {
      state.set({ kind: 'waiting' });
      plan(desk, options.autosaveMs ?? autosavesAfterMs);
    }
    options.onSaved(post);
    return post;
  } catch (error) {
    state.set(stateOf(error));
    if (isDoubtful(error)) plan(desk, options.retryMs ?? retriesAfterMs);
    throw error;
  }
}

/** Saves what is typed: locally at once, on the server every two seconds while it is a draft, and when a person says so. */
export function createSaver(options: SaverOptions): Saver {
  const state = createStore<SaveState>({ kind: 'clean' });
  const sender = createSender(options);
  const desk: Desk = { options, sender, state, unsaved: null, timer: null, queue: Promise.resolve(), isOver: false };
  return {
    state,
    post: sender.post,
    change(written) {
      desk.unsaved = written;
      options.keep(written, sender.post()?.version ?? null);
      if (state.get().kind === 'conflict') return;
      if (state.get().kind !== 'saving') state.set({ kind: 'waiting' });
      plan(desk, options.autosaveMs ?? autosavesAfterMs);
    },
    commit(written, extra) {
      stop(desk);
      desk.unsaved = written;
      return write(desk, written, extra);
    },
    async flush() {
      if ((sender.post()?.dueAt ?? null) === null) await flush(desk);
    },
    settle(latest, mine) {
      sender.adopt(latest);
      desk.unsaved = mine;
      options.keep(mine, latest.version);
      state.set({ kind: mine === null ? 'clean' : 'waiting' });
      if (mine !== null) plan(desk, 0);
    },
    forget() {
      stop(desk);
      desk.unsaved = null;
      options.keep(null, null);
      if (state.get().kind === 'waiting') state.set({ kind: 'clean' });
    },
    open() {
      desk.isOver = false;
    },
    dispose() {
      const isPlanned = desk.timer !== null;
      stop(desk);
      desk.isOver = true;
      if (isPlanned) void flush(desk);
    },
  };
}

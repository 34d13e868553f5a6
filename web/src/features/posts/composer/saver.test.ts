import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { Post } from '@rookery/contract/posts.ts';

import { ApiError, offlineError } from '../../../platform/api-error.ts';
import type { Written } from './draft.ts';
import { createSaver, type SaverOptions } from './saver.ts';

function words(text: string): Written {
  return { content: { parts: [{ text, media: [] }], firstComment: null }, targets: [], labels: [] };
}

function postWith(text: string, changes: Partial<Post> = {}): Post {
  return {
    id: 'p1', state: 'draft', content: words(text).content, labels: [], wallTime: null, zone: null, dueAt: null, targets: [], series: null, authorName: 'Mira', approval: null,
    createdAt: '2026-11-24T09:00:00.000Z', updatedAt: '2026-11-24T09:00:00.000Z', version: 1, ...changes,
  };
}

/** A server in memory: `answers` are used up first, a thrown error standing for what went wrong. */
function stage(options: Partial<SaverOptions> = {}, answers: (ApiError | null)[] = []) {
  const calls: { kind: 'create' | 'update'; text: string; version?: number; key?: string; when?: string }[] = [];
  const kept: (string | null)[] = [];
  let stored: Post | null = options.post ?? null;
  let keys = 0;
  const answer = (made: Post): Post => {
    const refusal = answers.shift() ?? null;
    // A lost answer is one to a request that was carried out.
    if (refusal === null || refusal.code === 'offline') stored = made;
    if (refusal !== null) throw refusal;
    return made;
  };
  const textOf = (written: Pick<Written, 'content'>): string => written.content.parts[0]?.text ?? '';
  const saver = createSaver({
    post: null,
    create: async (body) => {
      calls.push({ kind: 'create', text: textOf(body), key: body.requestKey, when: body.when.kind });
      return answer(stored ?? postWith(textOf(body), body.when.kind === 'draft' ? {} : { dueAt: '2026-11-25T09:00:00.000Z' }));
    },
    update: async (_, body) => {
      const content = body.content ?? { parts: [], firstComment: null };
      calls.push({ kind: 'update', text: textOf({ content }), version: body.version, ...(body.when === undefined ? {} : { when: body.when.kind }) });
      return answer(postWith(textOf({ content }), { version: body.version + 1 }));
    },
    keep: (written) => void kept.push(written === null ? null : textOf(written)),
    onSaved: () => undefined,
    newKey: () => `key-${(keys += 1)}`,
    ...options,
  });
  return { saver, calls, kept };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function withTimers(run: (tick: (ms: number) => Promise<void>) => Promise<void>): () => Promise<void> {
  return async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      await run(async (ms) => {
        mock.timers.tick(ms);
        await settle();
      });
    } finally {
      mock.timers.reset();
    }
  };
}

test('what is typed is kept here at once, and sent as one draft after two quiet seconds', withTimers(async (tick) => {
  const { saver, calls, kept } = stage();
  saver.change(words('H'));
  await tick(1_500);
  saver.change(words('Hello'));
  assert.deepEqual([kept, calls], [['H', 'Hello'], []]);
  await tick(2_000);
  assert.deepEqual(calls, [{ kind: 'create', text: 'Hello', key: 'key-1', when: 'draft' }]);
  assert.equal(kept.at(-1), null);
  assert.equal(saver.state.get().kind, 'saved');
}));

test('later changes update the same post with the version that was answered', withTimers(async (tick) => {
  const { saver, calls } = stage();
  for (const text of ['one', 'two', 'three']) {
    saver.change(words(text));
    await tick(2_000);
  }
  assert.deepEqual(calls.map(({ kind, version }) => [kind, version]), [['create', undefined], ['update', 1], ['update', 2]]);
}));

test('a lost answer never makes a second post: the same request is repeated, then the newer words follow', withTimers(async (tick) => {
  const { saver, calls, kept } = stage({}, [offlineError()]);
  saver.change(words('first'));
  await tick(2_000);
  assert.equal(saver.state.get().kind, 'offline');
  assert.equal(kept.at(-1), 'first');
  saver.change(words('second'));
  await tick(2_000);
  assert.deepEqual(calls.map(({ kind, text, key }) => [kind, text, key]), [
    ['create', 'first', 'key-1'], ['create', 'first', 'key-1'], ['update', 'second', undefined],
  ]);
  assert.equal(kept.at(-1), null);
}));

test('without a connection it is tried again by itself', withTimers(async (tick) => {
  const { saver, calls } = stage({ post: postWith('old') }, [offlineError(), offlineError()]);
  saver.change(words('new'));
  await tick(2_000);
  await tick(10_000);
  await tick(10_000);
  assert.equal(calls.length, 3);
  assert.equal(saver.state.get().kind, 'saved');
}));

test('a post with a time is not changed while somebody types, only when they say so', withTimers(async (tick) => {
  const { saver, calls, kept } = stage({ post: postWith('old', { dueAt: '2026-11-25T09:00:00.000Z', version: 4 }) });
  saver.change(words('half a sen'));
  await tick(60_000);
  assert.deepEqual([calls, kept], [[], ['half a sen']]);
  await saver.commit(words('half a sentence'), { when: { kind: 'now' } });
  assert.deepEqual(calls, [{ kind: 'update', text: 'half a sentence', version: 4, when: 'now' }]);
}));

test('scheduling waits for a save that is under way, and goes out once', withTimers(async (tick) => {
  const { saver, calls } = stage();
  saver.change(words('text'));
  const early = tick(2_000);
  const committed = saver.commit(words('text!'), { when: { kind: 'now' } });
  await early;
  await committed;
  assert.deepEqual(calls.map(({ kind, text, when }) => [kind, text, when]), [['create', 'text', 'draft'], ['update', 'text!', 'now']]);
  await tick(60_000);
  assert.equal(calls.length, 2);
}));

test('a conflict stops saving until a person chooses, and what was typed stays here', withTimers(async (tick) => {
  const { saver, calls, kept } = stage({ post: postWith('old') }, [new ApiError('conflict', 'This has changed in the meantime')]);
  saver.change(words('mine'));
  await tick(2_000);
  assert.equal(saver.state.get().kind, 'conflict');
  saver.change(words('mine, longer'));
  await tick(60_000);
  assert.deepEqual([calls.length, kept.at(-1)], [1, 'mine, longer']);
  saver.settle(postWith('theirs', { version: 7 }), words('mine, longer'));
  await tick(0);
  assert.deepEqual(calls.at(-1), { kind: 'update', text: 'mine, longer', version: 7 });
}));

test('a refusal is said in words, and the next change is tried again under a new key', withTimers(async (tick) => {
  const { saver, calls } = stage({}, [new ApiError('invalid-input', 'Too long.')]);
  saver.change(words('long'));
  await tick(2_000);
  assert.deepEqual(saver.state.get(), { kind: 'refused', message: 'Too long.' });
  saver.change(words('short'));
  await tick(2_000);
  assert.deepEqual(calls.map(({ key }) => key), ['key-1', 'key-2']);
}));

test('closing sends what is left of a draft', withTimers(async () => {
  const { saver, calls } = stage();
  saver.change(words('last words'));
  saver.dispose();
  await settle();
  assert.equal(calls[0]?.text, 'last words');
}));

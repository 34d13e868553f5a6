import { listSlots, replaceSlots, type AccountSlots, type Slot } from '@rookery/contract/slots.ts';
import type { ReplyOf } from '@rookery/contract/endpoint.ts';

import { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { queryClient, queryOf, refresh } from '../../platform/query.ts';
import { showProblem, showToast } from '../../ui/toast.tsx';

const undoMs = 10_000;

/** The saves of each account, one after the other: each names the version that the one before it made. */
const queues = new Map<string, Promise<boolean>>();
const waiting = new Map<string, number>();

function change(workspaceId: string, accountId: string, edit: (account: AccountSlots) => AccountSlots): void {
  queryClient.setQueryData<ReplyOf<typeof listSlots>>(queryOf(listSlots, { params: { workspaceId } }).queryKey, (before) =>
    before === undefined ? before : { ...before, accounts: before.accounts.map((account) => (account.accountId === accountId ? edit(account) : account)) });
}

function versionOf(workspaceId: string, accountId: string): string | undefined {
  const known = queryClient.getQueryData<ReplyOf<typeof listSlots>>(queryOf(listSlots, { params: { workspaceId } }).queryKey);
  return known?.accounts.find((account) => account.accountId === accountId)?.version;
}

async function send(workspaceId: string, accountId: string, slots: readonly Slot[]): Promise<boolean> {
  const version = versionOf(workspaceId, accountId);
  try {
    const body = { slots: [...slots], ...(version === undefined ? {} : { version }) };
    const { account } = await call(replaceSlots, { params: { workspaceId, accountId }, body });
    // What was changed since then stands as it was typed until it is saved as well.
    const isLast = waiting.get(accountId) === 1;
    change(workspaceId, accountId, (before) => (isLast ? account : { ...before, version: account.version }));
    return true;
  } catch (error) {
    showProblem(`The slots were not saved. ${error instanceof ApiError ? error.message : 'Try again.'}`);
    return false;
  } finally {
    waiting.set(accountId, (waiting.get(accountId) ?? 1) - 1);
    if (waiting.get(accountId) === 0) await refresh(['listSlots', 'listFreeSlots', 'findNextSlot']);
  }
}

/** Shows the new week at once and saves it. Answers whether it was saved; why not is said in a toast. */
export async function saveSlots(workspaceId: string, accountId: string, slots: readonly Slot[]): Promise<boolean> {
  waiting.set(accountId, (waiting.get(accountId) ?? 0) + 1);
  // An answer under way would show the week before.
  await queryClient.cancelQueries({ queryKey: queryOf(listSlots, { params: { workspaceId } }).queryKey });
  change(workspaceId, accountId, (account) => ({ ...account, slots: [...slots] }));
  const saved = (queues.get(accountId) ?? Promise.resolve(true)).then(() => send(workspaceId, accountId, slots));
  queues.set(accountId, saved);
  return saved;
}

/** Saves a new week, and offers the one before it for ten seconds. */
export async function saveWithUndo(workspaceId: string, account: AccountSlots, { slots, words }: { slots: readonly Slot[]; words: string }): Promise<void> {
  const { accountId, slots: before } = account;
  if (!(await saveSlots(workspaceId, accountId, slots))) return;
  const version = versionOf(workspaceId, accountId);
  const undo = (): void => {
    if (versionOf(workspaceId, accountId) === version) void saveSlots(workspaceId, accountId, before);
    else showProblem('These slots have changed since then, so this change can no longer be undone by itself.');
  };
  showToast(words, { label: 'Undo', run: undo }, undoMs);
}

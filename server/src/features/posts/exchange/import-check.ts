import { createHash } from 'node:crypto';
import { resolveWallTime } from '@rookery/contract/wall-time.ts';
import type { ImportField, ImportProblem, ImportRow } from '@rookery/contract/post-import.ts';
import { canonicalJson } from '../../../platform/crypto/canonical-json.ts';
import type { Db } from '../../../platform/db/database.ts';
import { AppError } from '../../../platform/errors.ts';
import { writeUuid } from '../../../platform/id.ts';
import { listAccountRows } from '../../accounts/index.ts';
import type { WorkspaceContext } from '../../context.ts';
import { requireRelease } from '../approval-rule.ts';
import { hashText, requireOriginal } from '../content.ts';
import { requireReady } from '../service.ts';
import { readWhen, type Plan } from '../time.ts';
import type { Columns } from './import-columns.ts';
import type { ImportFile } from './import-file.ts';
import { listBusyMinutes, listByRequestKeys, listNamedImages } from './import-queries.ts';
import { cellsOf, fieldOf, imageNames, readRow, type Body, type ReadRow } from './import-row.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const shownLengthMax = 200;
/** What is wrong with a time matters to nobody where all rows become drafts. */
const timeCodes: ReadonlySet<string> = new Set(['time', 'occurrence']);
const tooManyCells: ImportProblem = {
  column: null, code: 'too-many-cells', isBlocking: true, message: 'This row has more cells than there are columns. Put quotation marks around a text that has the separator in it.',
};
const noPost = '00000000-0000-0000-0000-000000000000';

export interface ImportChoice {
  readonly as: 'scheduled' | 'draft';
  readonly zone: string;
  readonly columns: Columns;
  readonly allowRepeats: boolean;
}

/** A row with what would become of it; `body` is the post to write, null where there is none. */
export interface CheckedRow {
  readonly shown: ImportRow;
  readonly body: Body | null;
}

interface Checking {
  readonly db: Db;
  readonly ctx: WorkspaceContext;
  readonly choice: ImportChoice;
  readonly headerOf: (field: ImportField) => string | null;
  /** Rows and what is planned, by account and minute; by account and words. The value says whose it is. */
  readonly minutes: Map<string, string>;
  readonly words: Map<string, string>;
}

interface Candidate extends ReadRow {
  readonly row: number;
  readonly key: string;
}

/** Looks at every row as a post to be written would be looked at. Writes nothing. */
export async function checkRows(db: Db, ctx: WorkspaceContext, file: ImportFile, choice: ImportChoice): Promise<CheckedRow[]> {
  const headerOf = (field: ImportField): string | null => file.header[choice.columns.indexOf(field)]?.trim().slice(0, 100) ?? null;
  const rows = await readRows(db, ctx, { file, choice, headerOf });
  const made = new Map((await db.many(listByRequestKeys, [ctx.workspace.id, rows.map(({ key }) => key)])).map((post) => [post.request_key, post]));
  const checking: Checking = { db, ctx, choice, headerOf, minutes: await readMinutes(db, ctx, rows), words: new Map() };
  const checked: CheckedRow[] = [];
  for (const candidate of rows) {
    const earlier = made.get(candidate.key);
    checked.push(earlier === undefined ? await checkRow(checking, candidate) : describeEarlier(candidate, earlier));
  }
  return checked;
}

async function readRows(
  db: Db, ctx: WorkspaceContext, { file, choice, headerOf }: { file: ImportFile; choice: ImportChoice; headerOf: Checking['headerOf'] },
): Promise<Candidate[]> {
  const cells = file.rows.map((row) => ({ row: row.row, cell: cellsOf(row.cells, choice.columns), rest: row.cells.slice(file.header.length) }));
  const names = [...new Set(cells.flatMap(({ cell }) => imageNames(cell('images')).flat()))];
  const images = names.length === 0 ? [] : await db.many(listNamedImages, [ctx.workspace.id, names]);
  const known = { accounts: await listAccountRows(db, ctx), images, zone: choice.zone };
  const seen = new Map<string, number>();
  return cells.map(({ row, cell, rest }) => {
    const read = readRow(cell, known, headerOf);
    // Mostly a text with the separator in it: what follows would be lost.
    const problems = rest.some((each) => each.trim() !== '') ? [...read.problems, tooManyCells] : read.problems;
    return { ...read, problems, row, key: keyOf(read, seen) };
  });
}

/**
 * The request key of a row: the same for the same post in whatever file it comes again, be it sent twice, cut off, or mended in
 * other rows. Of equal rows in one file each has its own.
 */
function keyOf({ content, when, accounts, labels }: ReadRow, seen: Map<string, number>): string {
  const post = canonicalJson({ content, when: { ...when }, accounts: accounts.map(({ id }) => id), labels: [...labels] });
  const count = (seen.get(post) ?? 0) + 1;
  seen.set(post, count);
  const bytes = createHash('sha256').update(`rookery post import\0${count}\0${post}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return writeUuid(bytes);
}

function minuteOf(accountId: string, at: Date): string {
  return `${accountId} ${Math.floor(at.getTime() / minuteMs)}`;
}

/** What is planned already within the days that the file is about. */
async function readMinutes(db: Db, ctx: WorkspaceContext, rows: readonly Candidate[]): Promise<Map<string, string>> {
  const days = rows.flatMap(({ when }) => (when.kind === 'at' ? [Date.parse(`${when.wallTime.slice(0, 10)}T00:00:00Z`)] : [])).filter((at) => !Number.isNaN(at));
  const accountIds = [...new Set(rows.flatMap(({ accounts }) => accounts.map(({ id }) => id)))];
  if (days.length === 0 || accountIds.length === 0) return new Map();
  const range = [new Date(Math.min(...days) - dayMs), new Date(Math.max(...days) + 2 * dayMs)];
  const busy = await db.many(listBusyMinutes, [ctx.workspace.id, accountIds, ...range]);
  return new Map(busy.map(({ account_id, due_at }) => [minuteOf(account_id, due_at), 'Another post']));
}

function describeEarlier(candidate: Candidate, { id, state }: { id: string; state: string | null }): CheckedRow {
  const isGone = state === 'canceled' || state === 'deleted';
  const message = isGone
    ? 'This row was imported before, and the post was deleted since. Change something in it to import it anew.'
    : 'This row was imported before: the post is there already.';
  return { shown: show(candidate, { state: 'exists', plan: null, postId: id, problems: [{ column: null, code: 'exists', message, isBlocking: false }] }), body: null };
}

async function checkRow(checking: Checking, candidate: Candidate): Promise<CheckedRow> {
  const { choice } = checking;
  const isDraft = choice.as === 'draft' || candidate.when.kind === 'draft';
  const when = isDraft ? meantTime(candidate.when) : candidate.when;
  const { plan, problems: found } = await findProblems(checking, candidate);
  // A draft may be incomplete, so what keeps it from going out is only said; words that cannot be stored are refused either way.
  const own = candidate.problems.map((problem) => (timeCodes.has(problem.code) ? { ...problem, isBlocking: choice.as !== 'draft' } : problem));
  const problems = [...own, ...found.map((problem) => ({ ...problem, isBlocking: problem.isBlocking && !isDraft }))];
  const isBlocked = problems.some(({ isBlocking }) => isBlocking);
  if (!isBlocked) remember(checking, candidate, isDraft ? null : plan);
  const body: Body = {
    requestKey: candidate.key, content: candidate.content, targets: candidate.accounts.map(({ id }) => ({ accountId: id, content: null })),
    labels: [...candidate.labels], when, allowDuplicate: true,
  };
  return { shown: show(candidate, { state: isBlocked ? 'problem' : 'ready', plan: isDraft ? null : plan, postId: null, problems }), body: isBlocked ? null : body };
}

/** A draft with the time of its row, as far as there is such a time: nothing goes out at it, and the editor begins with it. */
function meantTime(when: ReadRow['when']): ReadRow['when'] {
  if (when.kind === 'draft' || resolveWallTime(when.wallTime, when.zone).kind === 'invalid') return { kind: 'draft' };
  return { ...when, kind: 'draft' };
}

/** What a post at its time would be refused for, by the rules that refuse it. */
async function findProblems(checking: Checking, candidate: Candidate): Promise<{ plan: Plan | null; problems: ImportProblem[] }> {
  const { db, ctx, choice } = checking;
  const problems: ImportProblem[] = [];
  const attempt = async <Result>(work: () => Result | Promise<Result>, isBlocking = true): Promise<Result | null> => {
    try {
      return await work();
    } catch (error) {
      problems.push(...toProblems(error, isBlocking, checking));
      return null;
    }
  };
  const plan = await attempt(() => readWhen(ctx, candidate.when));
  if (candidate.when.kind === 'draft' || candidate.problems.length > 0) return { plan, problems };
  const { content, accounts } = candidate;
  const wanted = { content, targets: accounts.map(({ id }) => ({ accountId: id, content: null })), accounts, postId: noPost };
  const dueAt = plan?.dueAt ?? ctx.clock.now();
  await attempt(() => requireRelease(db, ctx));
  await attempt(() => requireReady(db, ctx, { ...wanted, plan: { ...(plan ?? readWhen(ctx, { kind: 'draft' })), dueAt }, allowDuplicate: true }));
  if (accounts.length > 0) await attempt(() => requireOriginal(db, ctx, { ...wanted, dueAt }), !choice.allowRepeats);
  problems.push(...findRepeats(checking, candidate, plan));
  return { plan, problems };
}

function toProblems(error: unknown, isBlocking: boolean, { headerOf }: Checking): ImportProblem[] {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'approval-needed') return [{ column: null, code: error.code, message: 'Posts of editors need approval in this workspace. Import as drafts, and send these for approval.', isBlocking }];
  if (error.fields.length === 0) throw error;
  return error.fields.map(({ pointer, code, message }) => {
    const field = fieldOf(pointer);
    const column = headerOf(field) ?? (pointer.startsWith('/when') ? (headerOf('when') ?? headerOf('date')) : null);
    // These fields name what is the matter; the error says it in full.
    const words = pointer === '/allowDuplicate' ? error.message : (wordsForFiles[code] ?? message);
    return { column, code, message: words, isBlocking };
  });
}

/** Where a file offers another way out than the composer. */
const wordsForFiles: Readonly<Record<string, string>> = {
  past: 'This time has passed. Write a later one, or none for a draft.',
  ambiguous: 'Clocks are set back on this day, and this time comes twice. Write first or second into a column Occurrence.',
};

function findRepeats({ headerOf, minutes, words, choice }: Checking, { content, accounts }: Candidate, plan: Plan | null): ImportProblem[] {
  const isBlocking = !choice.allowRepeats;
  const hash = hashText(content).toString('hex');
  return accounts.flatMap(({ id, handle }) => {
    const twin = words.get(`${id} ${hash}`);
    const neighbour = plan?.dueAt == null ? undefined : minutes.get(minuteOf(id, plan.dueAt));
    return [
      ...(twin === undefined ? [] : [{ column: headerOf('text'), code: 'duplicate', message: `${twin} has the same words for ${handle}. Change them, or allow repeats if you mean it.`, isBlocking }]),
      ...(neighbour === undefined
        ? [] : [{ column: headerOf('when') ?? headerOf('date'), code: 'same-minute', message: `${neighbour} goes out on ${handle} in the same minute. Move one of them, or allow repeats if you mean it.`, isBlocking }]),
    ];
  });
}

function remember({ minutes, words }: Checking, { row, content, accounts }: Candidate, plan: Plan | null): void {
  const hash = hashText(content).toString('hex');
  for (const { id } of accounts) {
    if (!words.has(`${id} ${hash}`)) words.set(`${id} ${hash}`, `Row ${row}`);
    if (plan?.dueAt != null) minutes.set(minuteOf(id, plan.dueAt), `Row ${row}`);
  }
}

function show(candidate: Candidate, { state, plan, postId, problems }: Pick<ImportRow, 'state' | 'postId'> & { plan: Plan | null; problems: ImportProblem[] }): ImportRow {
  const { row, content, accounts, labels, when } = candidate;
  // A time that is refused, or that a draft is only meant for, is shown as it was asked for.
  const asked = plan ?? (state !== 'exists' && when.kind === 'at' ? when : null);
  const words = [...(content.parts[0]?.text ?? '').replaceAll(/\s+/g, ' ').trim()];
  return {
    row, state, problems, postId, parts: content.parts.length, labels: [...labels],
    text: words.length > shownLengthMax ? `${words.slice(0, shownLengthMax - 1).join('')}…` : words.join(''),
    wallTime: asked?.wallTime ?? null, zone: asked?.zone ?? null, dueAt: plan?.dueAt?.toISOString() ?? null,
    accounts: accounts.map(({ network, handle }) => ({ network, handle })),
  };
}

import { auditActions, type AuditEvent } from '@rookery/contract/audit.ts';

/** An action as a sentence in two parts around the object's name; the name is null where the sentence has none. */
export interface Sentence {
  readonly before: string;
  readonly entity: string | null;
  readonly after: string;
}

function isKnown(action: string): action is keyof typeof auditActions {
  return Object.hasOwn(auditActions, action);
}

/** What happened, in the words of the contract; an action that this version does not know is shown as it is. */
export function sentenceOf(event: Pick<AuditEvent, 'action' | 'entity'>): Sentence {
  const template: string = isKnown(event.action) ? auditActions[event.action] : event.action;
  const [before = '', after] = template.split('{entity}');
  if (after === undefined) return { before: template, entity: null, after: '' };
  return { before, entity: event.entity.name ?? `a deleted ${event.entity.type}`, after };
}

export interface Difference {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The changed members where metadata holds `before` and `after`; else null. */
export function differencesOf(metadata: AuditEvent['metadata']): readonly Difference[] | null {
  const { before, after } = metadata;
  if (!isRecord(before) || !isRecord(after)) return null;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => ({ name, before: show(before[name]), after: show(after[name]) })).filter((item) => item.before !== item.after);
}

/** What else the event carries, as names and values, without the before and after that are shown as a difference. */
export function detailsOf(metadata: AuditEvent['metadata']): readonly { readonly name: string; readonly value: string }[] {
  const hasDifference = differencesOf(metadata) !== null;
  return Object.entries(metadata)
    .filter(([name]) => !hasDifference || (name !== 'before' && name !== 'after'))
    .map(([name, value]) => ({ name, value: show(value) ?? 'none' }));
}

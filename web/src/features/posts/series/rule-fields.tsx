import { nextOccurrences } from '@rookery/contract/series-rule.ts';
import { countMax, everyWeeksMax, type Rule, type SeriesEnd } from '@rookery/contract/series.ts';
import { wallTimeOf } from '@rookery/contract/wall-time.ts';
import { clsx } from 'clsx';
import { useId, type ReactElement } from 'react';

import { formatWall } from '../../../platform/format.ts';
import { useNow } from '../../../platform/use-now.ts';
import { Select } from '../../../ui/field.tsx';
import { describeRule, nameWeekday } from './sentence.ts';

const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
const shownMax = 3;
const countUsual = 10;
const input = 'h-(--input-height) min-w-0 rounded-control border border-control bg-surface px-2.5 text-input text-ink hover:border-muted';
const label = 'text-caption font-medium text-ink';

/** Monday is 1. */
function weekdayOf(day: string): number {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 ? weekdays.length : weekday;
}

/** The rule that a time suggests: the same weekday every week. */
export function suggestRule(day: string, time: string, zone: string): Rule {
  return { repeat: { kind: 'weekly', everyWeeks: 1, weekdays: [weekdayOf(day)] }, time, zone, startsOn: day, end: { kind: 'never' } };
}

/** A whole number within its limits; the other one while the field is empty. */
function readNumber(text: string, max: number, otherwise: number): number {
  const value = Math.trunc(Number(text));
  return text === '' || Number.isNaN(value) ? otherwise : Math.min(max, Math.max(1, value));
}

interface RuleFieldsProps {
  readonly rule: Rule;
  readonly onChange: (rule: Rule) => void;
}

function Weekdays({ rule, onChange }: RuleFieldsProps): ReactElement | null {
  const { repeat } = rule;
  if (repeat.kind !== 'weekly') return null;
  const toggle = (day: number): void => {
    const others = repeat.weekdays.filter((known) => known !== day);
    const next = others.length < repeat.weekdays.length ? others : [...others, day];
    // One always stays: a series without a day is none.
    if (next.length > 0) onChange({ ...rule, repeat: { ...repeat, weekdays: next.toSorted((a, b) => a - b) } });
  };
  return (
    <fieldset className="flex flex-wrap gap-1.5">
      <legend className={clsx(label, 'mb-1.5')}>Weekdays</legend>
      {weekdays.map((day) => (
        <button
          key={day} type="button" aria-pressed={repeat.weekdays.includes(day)} onClick={() => toggle(day)}
          className="h-8 min-w-11 rounded-control border border-control px-2 text-caption text-ink hover:border-muted aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent pointer-coarse:h-11"
        >
          <span aria-hidden="true">{nameWeekday(day, 'short')}</span>
          <span className="sr-only">{nameWeekday(day)}</span>
        </button>
      ))}
    </fieldset>
  );
}

function endOf(kind: SeriesEnd['kind'], rule: Rule): SeriesEnd {
  if (kind === 'on') return { kind, date: new Date(Date.parse(rule.startsOn) + 90 * 86_400_000).toISOString().slice(0, 10) };
  return kind === 'after' ? { kind, count: countUsual } : { kind };
}

function EndFields({ rule, onChange }: RuleFieldsProps): ReactElement {
  const id = useId();
  const { end } = rule;
  const kinds = { never: 'Never', on: 'On a day', after: 'After a number of posts' } as const;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={label}>Ends</label>
      <div className="flex flex-wrap gap-2">
        <Select id={id} value={end.kind} onChange={(event) => onChange({ ...rule, end: endOf(event.target.value === 'on' || event.target.value === 'after' ? event.target.value : 'never', rule) })}>
          {Object.entries(kinds).map(([kind, words]) => <option key={kind} value={kind}>{words}</option>)}
        </Select>
        {end.kind === 'on' && <input type="date" required aria-label="Last day" value={end.date} min={rule.startsOn} onChange={(event) => onChange({ ...rule, end: { kind: 'on', date: event.target.value } })} className={input} />}
        {end.kind === 'after' && <input type="number" required aria-label="Number of posts" min={1} max={countMax} value={end.count} onChange={(event) => onChange({ ...rule, end: { kind: 'after', count: readNumber(event.target.value, countMax, end.count) } })} className={clsx(input, 'w-24')} />}
      </div>
    </div>
  );
}

/** What the rule comes to: a sentence, and the next days. */
export function RuleMeans({ rule }: { readonly rule: Rule }): ReactElement {
  const nowMs = useNow();
  const isWhole = rule.startsOn !== '' && rule.time !== '' && !(rule.end.kind === 'on' && rule.end.date === '');
  const next = isWhole ? nextOccurrences(rule, new Date(nowMs), shownMax) : [];
  return (
    <div role="status" className="rounded-control bg-sunken px-3 py-2.5">
      <p className="font-medium">{isWhole ? describeRule(rule) : 'Choose a day and a time.'}</p>
      {isWhole && next.length === 0 && <p className="text-caption text-danger">No day of this rule lies ahead.</p>}
      {next.length > 0 && <p className="mt-1 text-caption text-muted">Next: {next.map(({ at }) => formatWall(wallTimeOf(at, rule.zone))).join(' · ')}</p>}
      {next.some(({ skipped }) => skipped !== null) && <p className="mt-1 text-caption text-warning">Where clocks skip the hour, it goes out at the first minute after.</p>}
    </div>
  );
}

/** Whether a rule can be sent: all its fields are filled and a day lies ahead. */
export function isRuleReady(rule: Rule, nowMs: number): boolean {
  return rule.startsOn !== '' && rule.time !== '' && !(rule.end.kind === 'on' && rule.end.date === '') && nextOccurrences(rule, new Date(nowMs), 1).length > 0;
}

/** How often, on which days, at what time, from when and until when. */
export function RuleFields({ rule, onChange }: RuleFieldsProps): ReactElement {
  const id = useId();
  const { repeat } = rule;
  const startDay = Number(rule.startsOn.slice(8, 10));
  const change = (kind: string): void => onChange({
    ...rule, repeat: kind === 'monthly' ? { kind: 'monthly', dayOfMonth: startDay === 0 ? 1 : startDay } : { kind: 'weekly', everyWeeks: 1, weekdays: [weekdayOf(rule.startsOn)] },
  });
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-kind`} className={label}>Repeat</label>
          <Select id={`${id}-kind`} value={repeat.kind} onChange={(event) => change(event.target.value)}>
            <option value="weekly">Weekly</option>
            <option value="monthly">Monthly</option>
          </Select>
        </div>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-every`} className={label}>{repeat.kind === 'weekly' ? 'Every how many weeks' : 'Day of the month'}</label>
          {repeat.kind === 'weekly'
            ? <input id={`${id}-every`} type="number" min={1} max={everyWeeksMax} value={repeat.everyWeeks} onChange={(event) => onChange({ ...rule, repeat: { ...repeat, everyWeeks: readNumber(event.target.value, everyWeeksMax, repeat.everyWeeks) } })} className={clsx(input, 'w-24')} />
            : <input id={`${id}-every`} type="number" min={1} max={31} value={repeat.dayOfMonth} onChange={(event) => onChange({ ...rule, repeat: { ...repeat, dayOfMonth: readNumber(event.target.value, 31, repeat.dayOfMonth) } })} className={clsx(input, 'w-24')} />}
        </div>
      </div>
      <Weekdays rule={rule} onChange={onChange} />
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-from`} className={label}>From</label>
          <input id={`${id}-from`} type="date" required value={rule.startsOn} onChange={(event) => onChange({ ...rule, startsOn: event.target.value })} className={input} />
        </div>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-time`} className={label}>Time</label>
          <input id={`${id}-time`} type="time" required value={rule.time} onChange={(event) => onChange({ ...rule, time: event.target.value.slice(0, 5) })} className={input} />
        </div>
        <EndFields rule={rule} onChange={onChange} />
      </div>
      <RuleMeans rule={rule} />
    </div>
  );
}

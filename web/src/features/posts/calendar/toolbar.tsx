import type { ApprovalState } from '@rookery/contract/approval.ts';
import { listAccounts } from '@rookery/contract/accounts.ts';
import { targetStates } from '@rookery/contract/posts.ts';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Repeat } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatPlural } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { Select } from '../../../ui/field.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import type { CalendarSearch, CalendarView } from '../search.ts';
import { stateWords } from '../states.ts';
import { usePosts } from '../use-posts.ts';

export const viewOptions: readonly { readonly value: CalendarView; readonly label: string }[] = [
  { value: 'week', label: 'Week' }, { value: 'month', label: 'Month' }, { value: 'list', label: 'List' },
];

const approvalPrefix = 'draft:';
const approvalOptions = [['requested', 'Needs approval'], ['changes-requested', 'Changes wanted'], ['withdrawn', 'Changed since']] as const satisfies readonly (readonly [ApprovalState, string])[];

/** One choice for both: where a draft's approval stands says more than that it is a draft. */
function stateChoice({ state, approval }: CalendarSearch): string {
  return state === 'draft' && approval !== undefined ? `${approvalPrefix}${approval}` : (state ?? '');
}

function readChoice(choice: string): Partial<Record<keyof CalendarSearch, string | undefined>> {
  return choice.startsWith(approvalPrefix) ? { state: 'draft', approval: choice.slice(approvalPrefix.length) } : { state: choice, approval: undefined };
}

interface ControlsProps {
  readonly search: CalendarSearch;
  readonly show: (changes: Partial<Record<keyof CalendarSearch, string | undefined>>) => void;
}

/** View, filters by account and state. */
export function CalendarControls({ search, show }: ControlsProps): ReactElement {
  const { workspace } = useSession();
  const accounts = useCall(listAccounts, { params: { workspaceId: workspace.workspaceId } }).data?.accounts ?? [];
  return (
    <>
      <Select aria-label="Account" id="calendar-account" className="w-44 max-md:w-[calc(50vw-1.25rem)]" value={search.account ?? ''} onChange={(event) => show({ account: event.target.value })}>
        <option value="">All accounts</option>
        {accounts.map(({ id, handle, networkName, simulated }) => <option key={id} value={id}>{handle} · {networkName}{simulated ? ' (simulated)' : ''}</option>)}
      </Select>
      <Select aria-label="State" className="w-40 max-md:w-[calc(50vw-1.25rem)]" value={stateChoice(search)} onChange={(event) => show(readChoice(event.target.value))}>
        <option value="">All states</option>
        {targetStates.map((state) => <option key={state} value={state}>{stateWords[state].word}</option>)}
        <optgroup label="Approval of drafts">
          {approvalOptions.map(([state, words]) => <option key={state} value={`${approvalPrefix}${state}`}>{words}</option>)}
        </optgroup>
      </Select>
      <SegmentedControl label="View" options={viewOptions} value={search.view ?? 'week'} onChange={(view) => show({ view })} />
    </>
  );
}

interface PeriodBarProps {
  readonly title: string;
  readonly isLoading: boolean;
  readonly search: CalendarSearch;
  readonly step: (direction: -1 | 1) => void;
  readonly goToday: () => void;
  readonly show: ControlsProps['show'];
}

/** Which period is in view, the way to others, and the drafts that wait without a time. */
export function PeriodBar({ title, isLoading, search, step, goToday, show }: PeriodBarProps): ReactElement {
  const drafts = usePosts({ state: 'draft', account: search.account }).data;
  const isDrafts = search.state === 'draft';
  const count = drafts?.posts.length ?? 0;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {!isDrafts && (
        <>
          <Button onClick={goToday}>Today</Button>
          <Button kind="ghost" size="icon" aria-label="Earlier" onClick={() => step(-1)}><ChevronLeft size={18} aria-hidden="true" /></Button>
          <Button kind="ghost" size="icon" aria-label="Later" onClick={() => step(1)}><ChevronRight size={18} aria-hidden="true" /></Button>
        </>
      )}
      <p className="text-title font-semibold" aria-live="polite">{isDrafts ? 'Drafts' : title}</p>
      {isLoading && <span role="status" className="text-caption text-muted">Loading …</span>}
      <span className="flex-1" />
      {!isDrafts && <Link to="/queue" className={buttonStyle({ kind: 'ghost' })}>Queue slots</Link>}
      <Link to="/series" className={buttonStyle({ kind: 'ghost' })}><Repeat size={16} aria-hidden="true" /> Series</Link>
      {isDrafts
        ? <Button kind="ghost" onClick={() => show({ state: undefined, view: undefined })}>Back to the calendar</Button>
        : count > 0 && <Button kind="ghost" onClick={() => show({ state: 'draft' })}>{drafts?.isCut === true ? `More than ${formatPlural(count, 'draft')}` : formatPlural(count, 'draft')} without a time</Button>}
    </div>
  );
}

import { auditActions } from '@rookery/contract/audit.ts';
import { listMembers } from '@rookery/contract/team.ts';
import { useId, type ReactElement } from 'react';

import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import type { AuditSearch } from './search.ts';

interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly onChange: (search: AuditSearch) => void;
}

const areaWords: Readonly<Record<string, string>> = {
  user: 'People', workspace: 'Workspace', member: 'Members', invitation: 'Invitations', oauth: 'Connections', account: 'Accounts',
  sync: 'Syncs', metrics: 'Metrics', import: 'Imports', demo: 'Demo',
};

const actionGroups = Map.groupBy(Object.entries(auditActions), ([action]) => action.split(':')[0] ?? action);

function wordsOf(template: string): string {
  const words = template.replace('{entity}', '…');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Drops members that are undefined or empty, so that the address holds only what filters. */
function merge(search: AuditSearch, name: keyof AuditSearch, value: string): AuditSearch {
  const { [name]: _, event: __, ...rest } = search;
  return value === '' ? rest : { ...rest, [name]: value };
}

function DayInput({ label, value, onChange }: { readonly label: string; readonly value: string | undefined; readonly onChange: (value: string) => void }): ReactElement {
  const id = useId();
  return (
    <span className="flex items-center gap-2">
      <label htmlFor={id} className="text-caption text-muted">{label}</label>
      <input
        id={id}
        type="date"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value)}
        className="h-(--input-height) rounded-control border border-control bg-surface px-2.5 text-input tabular"
      />
    </span>
  );
}

/** What to show: each choice goes to the address, so a link shows the same. */
export function AuditFilters({ search, onChange }: AuditFiltersProps): ReactElement {
  const { workspace } = useSession();
  const members = useCall(listMembers, { params: { workspaceId: workspace.workspaceId } });
  const isFiltered = Object.keys(search).some((name) => name !== 'event');
  return (
    <search aria-label="Filter the audit log" className="flex flex-wrap items-center gap-2">
      <Select aria-label="Who" className="w-48 max-sm:w-full" value={search.actor ?? ''} onChange={(event) => onChange(merge(search, 'actor', event.target.value))}>
        <option value="">Everyone</option>
        {members.data?.members.map((member) => <option key={member.userId} value={member.userId}>{member.name}</option>)}
      </Select>
      <Select aria-label="What" className="w-56 max-sm:w-full" value={search.action ?? ''} onChange={(event) => onChange(merge(search, 'action', event.target.value))}>
        <option value="">Everything</option>
        {[...actionGroups].map(([area, actions]) => (
          <optgroup key={area} label={areaWords[area] ?? area}>
            {actions.map(([action, template]) => <option key={action} value={action}>{wordsOf(template)}</option>)}
          </optgroup>
        ))}
      </Select>
      <DayInput label="From" value={search.from} onChange={(value) => onChange(merge(search, 'from', value))} />
      <DayInput label="to" value={search.to} onChange={(value) => onChange(merge(search, 'to', value))} />
      {isFiltered && <Button kind="ghost" onClick={() => onChange({})}>Clear filters</Button>}
    </search>
  );
}

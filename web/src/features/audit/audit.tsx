import { getRouteApi } from '@tanstack/react-router';
import { Download, Lock } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { useShortcut } from '../../platform/keyboard.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Empty } from '../../ui/empty.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Page } from '../../ui/page.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { showProblem } from '../../ui/toast.tsx';
import { AuditFilters } from './audit-filters.tsx';
import { AuditPanel } from './audit-panel.tsx';
import { AuditTable } from './audit-table.tsx';
import type { AuditSearch } from './search.ts';
import { exportEvents, queryFor, useAuditEvents } from './use-audit-events.ts';

const route = getRouteApi('/app/audit');

function saveText(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function ExportButton({ search }: { readonly search: AuditSearch }): ReactElement {
  const { workspace } = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const save = async (): Promise<void> => {
    setIsBusy(true);
    try {
      saveText('audit-log.jsonl', await exportEvents(workspace.workspaceId, queryFor(search, workspace.timeZone)));
    } catch {
      showProblem('The export could not be finished. Try again, or choose fewer days.');
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Button isBusy={isBusy} onClick={() => void save()}>
      <Download size={16} aria-hidden="true" /> Export JSON Lines
    </Button>
  );
}

/** "Who did what, when?" */
export function AuditLog(): ReactElement {
  const { workspace } = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useAuditEvents(search);
  const events = list.data?.pages.flatMap((page) => page.events) ?? [];
  const open = events.find((event) => event.id === search.event);
  const show = (next: AuditSearch): void => void navigate({ search: next, replace: true });
  const close = (): void => {
    const { event: _, ...rest } = search;
    show(rest);
  };
  const move = (by: number): void => {
    const index = events.findIndex((event) => event.id === search.event);
    const next = events[index < 0 ? 0 : index + by];
    if (next !== undefined) show({ ...search, event: next.id });
  };
  useShortcut('j', 'Next entry', () => move(1));
  useShortcut('k', 'Previous entry', () => move(-1));
  return (
    <Page title="Audit log" context={workspace.timeZone} width="full" actions={<ExportButton search={search} />}>
      <div className="flex flex-col gap-3">
        <p className="flex items-start gap-2 text-muted">
          <Lock size={14} aria-hidden="true" className="mt-1 shrink-0" />
          Entries are written together with what they describe. Nobody can change or delete them here, not even an owner.
        </p>
        <AuditFilters search={search} onChange={show} />
      </div>
      <Card isFlush>
        {list.isPending && <SkeletonRows rows={10} label="Loading the audit log" />}
        {list.error !== null && list.data === undefined && <ErrorState what="The audit log" error={list.error} onRetry={() => void list.refetch()} />}
        {list.data !== undefined && events.length === 0 && (
          <Empty action={<Button onClick={() => show({})}>Show everything</Button>}>No entry matches these filters.</Empty>
        )}
        {events.length > 0 && <AuditTable events={events} search={search} />}
        {list.hasNextPage && (
          <div className="flex justify-center border-t border-line p-3">
            <Button kind="ghost" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show older entries</Button>
          </div>
        )}
      </Card>
      {open !== undefined && <AuditPanel key={open.id} event={open} onClose={close} />}
    </Page>
  );
}

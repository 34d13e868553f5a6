import { commitImport, readImport, type Import } from '@rookery/contract/audience.ts';
import { TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { dayInZone, formatCount } from '../../platform/format.ts';
import { refresh, useSend } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { useNow } from '../../platform/use-now.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { Table, Td, Th, Tr } from '../../ui/table.tsx';
import { DiscardButton } from './discard-button.tsx';
import { instantOfDay } from './list-date.ts';
import { datedByWords, describePreview, sampleWords, type Preview } from './words.ts';

interface PreviewProps {
  readonly item: Import;
  readonly preview: Preview;
}

function DateCard({ item, preview }: PreviewProps): ReactElement {
  const { workspace } = useSession();
  const nowMs = useNow();
  const submit = async (data: FormData): Promise<void> => {
    const day = textOf(data, 'dated');
    const dated = day === '' ? undefined : instantOfDay(day, workspace.timeZone, Date.now());
    await call(readImport, { params: { workspaceId: workspace.workspaceId, importId: item.id }, body: { dated } });
    await refresh(['getImport', 'listImports']);
  };
  return (
    <Card title="The date of the list" hint={datedByWords[preview.datedBy]}>
      <Form submit={submit} className="sm:flex-row sm:items-end">
        <TextField
          key={preview.dated} label={`Day, in ${workspace.timeZone}`} name="dated" type="date"
          max={dayInZone(nowMs, workspace.timeZone)} defaultValue={dayInZone(Date.parse(preview.dated), workspace.timeZone)}
        />
        <div className="pb-0.5"><SubmitButton kind="secondary">Read again with this date</SubmitButton></div>
      </Form>
    </Card>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }): ReactElement | null {
  if (warnings.length === 0) return null;
  return (
    <Card title="Good to know">
      <ul className="flex flex-col gap-2">
        {warnings.map((warning) => (
          <li key={warning} className="flex gap-2.5">
            <TriangleAlert size={16} className="mt-0.5 shrink-0 text-warning" aria-hidden="true" />
            <span className="min-w-0 break-words">{warning}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Sample({ preview }: { readonly preview: Preview }): ReactElement | null {
  if (preview.sample.length === 0) return null;
  return (
    <Card title="Some of the changes" hint={`The first ${formatCount(preview.sample.length)}, to see that it is the right list.`} isFlush>
      <Table label="Some of the changes" isDense>
        <thead><tr><Th>Person</Th><Th>Change</Th></tr></thead>
        <tbody>
          {preview.sample.map((row, index) => {
            const words = sampleWords[row.change];
            return (
              <Tr key={`${index}:${row.handle ?? ''}`}>
                <Td>
                  <span className="block max-w-96 truncate max-sm:max-w-44">
                    {row.handle === null ? 'Known by number only' : `@${row.handle.replace(/^@/, '')}`}
                  </span>
                </Td>
                <Td><Badge tone={words.tone} shape={words.shape}>{words.word}</Badge></Td>
              </Tr>
            );
          })}
        </tbody>
      </Table>
    </Card>
  );
}

/** Step three: what importing will do, before anything is recorded. */
export function ImportPreview({ item, preview }: PreviewProps): ReactElement {
  const { workspace } = useSession();
  const commit = useSend(commitImport, [
    'getImport', 'listImports', 'listAccounts', 'getDashboard', 'getAudienceSummary', 'listChanges', 'listFollowers',
  ]);
  const params = { workspaceId: workspace.workspaceId, importId: item.id };
  return (
    <>
      <Card title="What this import will do">
        <div className="flex flex-col gap-4">
          <p className="max-w-[60ch] text-display text-balance">{describePreview(preview, workspace.timeZone)}</p>
          <p className="text-muted">
            {preview.owner === null
              ? 'The export does not name its owner: check that it is of the right account.'
              : <>The export is of <strong className="font-semibold text-ink">@{preview.owner.replace(/^@/, '')}</strong>.</>}
            {' '}Nothing is recorded before you import.
          </p>
          {commit.error !== null && <Callout tone="danger" role="alert">{commit.error.message}</Callout>}
          <div className="flex flex-wrap gap-2">
            <Button kind="primary" isBusy={commit.isPending} onClick={() => commit.mutate({ params })}>Import</Button>
            <DiscardButton item={item} />
          </div>
        </div>
      </Card>
      <Warnings warnings={preview.warnings} />
      <DateCard item={item} preview={preview} />
      <Sample preview={preview} />
    </>
  );
}

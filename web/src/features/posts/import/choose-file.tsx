import { listAccounts } from '@rookery/contract/accounts.ts';
import { csvLine } from '@rookery/contract/csv.ts';
import { importRowsMax } from '@rookery/contract/post-import.ts';
import { Download } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { dayInZone } from '../../../platform/format.ts';
import { useCall } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Card } from '../../../ui/card.tsx';
import { DropZone } from '../../../ui/drop-zone.tsx';
import { refusalOf, toPostFile, type PostFile } from './use-import-file.ts';

const weekMs = 7 * 86_400_000;

function saveSample(account: string, day: string): void {
  const lines = [
    ['When', 'Accounts', 'Text', 'Labels'],
    [`${day} 09:00`, account, 'A post in one piece', 'news'],
    [`${day} 14:30`, account, 'The first post of a thread\n---\nThe second, after a line of three hyphens', 'news; thread'],
    ['', '', 'Without a time it becomes a draft', ''],
  ];
  const link = document.createElement('a');
  // Without the mark spreadsheets take the file for one in an old encoding.
  link.href = URL.createObjectURL(new Blob([`\ufeff${lines.map(csvLine).join('')}`], { type: 'text/csv' }));
  link.download = 'posts-sample.csv';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The first step: a file, or rows from the clipboard. */
export function ChooseFile({ onFile }: { readonly onFile: (file: PostFile) => void }): ReactElement {
  const { workspace } = useSession();
  const accounts = useCall(listAccounts, { params: { workspaceId: workspace.workspaceId } }).data?.accounts ?? [];
  const [problem, setProblem] = useState<string | null>(null);
  const [pasted, setPasted] = useState('');
  const choose = (name: string, blob: Blob): void => {
    const refusal = refusalOf(blob);
    setProblem(refusal);
    if (refusal === null) onFile(toPostFile(name, blob));
  };
  const example = accounts.find(({ state }) => state === 'connected');
  return (
    <>
      <Card title="Your posts in a file" hint={`One row for each post, ${importRowsMax} at most. You see what becomes of each before anything is written.`}>
        <div className="flex flex-col gap-4">
          {problem !== null && <Callout tone="danger" role="alert">{problem}</Callout>}
          <DropZone
            dropWords="Drop a CSV file here, or" phoneWords="A CSV file, from this device" button="Choose a file"
            label="CSV file" accept=".csv,.tsv,.txt,text/csv" onFiles={([file]) => (file === undefined ? undefined : choose(file.name, file))}
          />
          <label className="flex flex-col gap-1.5">
            <span className="text-caption font-medium">Or paste rows from a spreadsheet, with the names of the columns</span>
            <textarea
              value={pasted} onChange={(event) => setPasted(event.target.value)} rows={4} spellCheck={false} placeholder="When, Accounts, Text"
              className="w-full rounded-control border border-control bg-surface px-3 py-2 placeholder:text-faint"
            />
          </label>
          <div className="flex flex-wrap gap-2">
            <Button disabled={pasted.trim() === ''} onClick={() => choose('pasted rows.csv', new Blob([pasted], { type: 'text/csv' }))}>Look at the pasted rows</Button>
            <Button kind="ghost" onClick={() => saveSample(example === undefined ? '' : `${example.network}:${example.handle}`, dayInZone(Date.now() + weekMs, workspace.timeZone))}>
              <Download size={16} aria-hidden="true" /> Sample file
            </Button>
          </div>
        </div>
      </Card>
      <Card title="How a row is read">
        <dl className="grid gap-x-6 gap-y-2 sm:grid-cols-[8rem_1fr] [&_dt]:font-medium [&_dd]:text-muted">
          <dt>When</dt><dd>Year-month-day hour:minute, such as 2026-12-01 09:00, in {workspace.timeZone} unless a column “Zone” names another. Without a time it becomes a draft.</dd>
          <dt>Accounts</dt><dd>Handles, or network:handle, with semicolons between them.</dd>
          <dt>Text</dt><dd>A line of three hyphens, ---, begins the next post of a thread.</dd>
          <dt>Images</dt><dd>Names of images in the library, one a line. “Alt text” describes them, a line each.</dd>
          <dt>Labels</dt><dd>With semicolons between them.</dd>
        </dl>
      </Card>
    </>
  );
}

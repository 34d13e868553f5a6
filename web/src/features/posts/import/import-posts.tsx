import { Link } from '@tanstack/react-router';
import type { ImportReport } from '@rookery/contract/post-import.ts';
import { clsx } from 'clsx';
import { useState, type ReactElement } from 'react';

import { formatPlural } from '../../../platform/format.ts';
import { useCan } from '../../../platform/session.ts';
import { Button, buttonStyle } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Card } from '../../../ui/card.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Page } from '../../../ui/page.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { Checkbox } from '../../../ui/toggle.tsx';
import { ChooseFile } from './choose-file.tsx';
import { ImportColumns } from './import-columns.tsx';
import { ImportRows } from './import-rows.tsx';
import { useImport, useLook, type Choice, type PostFile } from './use-import-file.ts';
import { countRows } from './words.ts';

const asOptions = [{ value: 'scheduled', label: 'Scheduled' }, { value: 'draft', label: 'Drafts' }] as const;

function Done({ report, onAgain }: { readonly report: ImportReport; readonly onAgain: () => void }): ReactElement {
  const { created, exists, problem } = countRows(report);
  const rest = [...(exists > 0 ? [`${formatPlural(exists, 'row')} had been imported before`] : []), ...(problem > 0 ? [`${formatPlural(problem, 'row')} left out`] : [])];
  return (
    <>
      <Callout
        tone={created > 0 ? 'success' : 'info'} role="status"
        action={<Link to="/calendar" search={{ view: 'list' }} className={buttonStyle()}>See the calendar</Link>}
      >
        {created > 0 ? `${formatPlural(created, 'post')} imported` : 'Nothing new in this file'}{rest.length > 0 ? `; ${rest.join(', ')}.` : '.'}
      </Callout>
      <Card title="What became of each row" isFlush><ImportRows rows={report.rows} /></Card>
      <div><Button onClick={onAgain}>Import another file</Button></div>
    </>
  );
}

interface ReviewProps {
  readonly file: PostFile;
  readonly onAgain: () => void;
}

/** The second step: columns, what becomes of each row, and the import itself. */
function Review({ file, onAgain }: ReviewProps): ReactElement {
  const [choice, setChoice] = useState<Choice>({ as: 'scheduled', columns: undefined, allowRepeats: false });
  const look = useLook(file, choice);
  const send = useImport(file, choice);
  if (send.data !== undefined) return <Done report={send.data} onAgain={onAgain} />;
  if (look.error !== null) {
    return <Callout tone="danger" role="alert" action={<Button onClick={onAgain}>Choose another file</Button>}>{look.error.message}</Callout>;
  }
  if (look.data === undefined) return <Card title={file.name} isFlush><SkeletonRows rows={6} label="Reading the file" /></Card>;
  const { columns, needs, rows } = look.data;
  const counts = countRows(look.data);
  const change = (part: Partial<Choice>): void => {
    send.reset();
    setChoice({ ...choice, ...part });
  };
  const hasRepeats = rows.some(({ problems }) => problems.some(({ code }) => code === 'duplicate' || code === 'same-text' || code === 'same-minute'));
  return (
    <>
      {needs !== null && <Callout tone="warning" role="alert">{needs}</Callout>}
      <Card title={file.name} actions={<Button kind="ghost" size="small" onClick={onAgain}>Choose another file</Button>}>
        <div className="flex flex-col gap-4">
          <ImportColumns columns={columns} onChange={(next) => change({ columns: next })} />
          <div className="flex flex-wrap items-center gap-x-6 gap-y-3 border-t border-line pt-4">
            <SegmentedControl label="Import as" options={asOptions} value={choice.as} onChange={(as) => change({ as })} />
            {(hasRepeats || choice.allowRepeats) && (
              <Checkbox label="Allow repeats" help="Same words, or two posts in one minute" checked={choice.allowRepeats} onChange={(event) => change({ allowRepeats: event.target.checked })} />
            )}
            <span className="flex-1" />
            <p role="status" className="text-caption text-muted">{counts.problem > 0 && `${formatPlural(counts.problem, 'row')} will be left out`}</p>
            <Button kind="primary" disabled={counts.ready === 0 || look.isFetching} isBusy={send.isPending} onClick={() => send.mutate()}>
              {counts.ready === 0 ? 'Nothing to import' : `Import ${formatPlural(counts.ready, 'post')}`}
            </Button>
          </div>
          {send.error !== null && <Callout tone="danger" role="alert">{send.error.message}</Callout>}
        </div>
      </Card>
      {rows.length > 0 && (
        <div className={clsx('transition-opacity delay-400', look.isPlaceholderData && 'opacity-60')}>
          <Card title="What becomes of each row" isFlush><ImportRows rows={rows} /></Card>
        </div>
      )}
    </>
  );
}

/** Many posts at once, from a CSV file. */
export function ImportPosts(): ReactElement {
  const canWrite = useCan('posts:write');
  const [file, setFile] = useState<PostFile | null>(null);
  return (
    <Page title="Import posts" context="From a CSV file" width="normal" actions={<Link to="/calendar" className={buttonStyle({ kind: 'ghost' })}>Back to the calendar</Link>}>
      {canWrite
        ? (file === null ? <ChooseFile onFile={setFile} /> : <Review key={file.key} file={file} onAgain={() => setFile(null)} />)
        : <Card><Empty action={<Link to="/calendar" className={buttonStyle()}>See the calendar</Link>}>Owners, admins and editors import posts</Empty></Card>}
    </Page>
  );
}

import { changeSeries, type Rule, type Series } from '@rookery/contract/series.ts';
import { useId, useState, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { refresh } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { useNow } from '../../../platform/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { isRuleReady, RuleFields } from './rule-fields.tsx';
import { useAttempt } from './use-attempt.ts';

/** The rule as it is changed from its next occurrence on; what is left of a number counts from there. */
function ruleFromNext(series: Series): Rule {
  const { rule, next, left } = series;
  const startsOn = next[0]?.date ?? rule.startsOn;
  return { ...rule, startsOn, end: rule.end.kind === 'after' ? { kind: 'after', count: Math.max(1, left ?? rule.end.count) } : rule.end };
}

/** Changes when a series is posted and what it says, from a day on. */
export function EditSeriesDialog({ series, onClose }: { readonly series: Series; readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const nowMs = useNow();
  const id = useId();
  const [start] = useState(() => ruleFromNext(series));
  const [rule, setRule] = useState(start);
  const [texts, setTexts] = useState(() => series.content.parts.map(({ text }) => text));
  const isOtherRule = JSON.stringify(rule) !== JSON.stringify(start);
  const isOtherText = texts.some((text, index) => text !== series.content.parts[index]?.text);
  const { isBusy, refusal, run } = useAttempt(async (allowDuplicate) => {
    const { startsOn: from, ...rest } = rule;
    const content = { ...series.content, parts: series.content.parts.map((part, index) => ({ ...part, text: texts[index] ?? part.text })) };
    await call(changeSeries, {
      params: { workspaceId: workspace.workspaceId, seriesId: series.id },
      body: {
        version: series.version, from, ...(isOtherRule ? { rule: rest } : {}), ...(isOtherText ? { content } : {}), ...(allowDuplicate ? { allowDuplicate } : {}),
      },
    });
    await refresh(['listSeries', 'listCalendar', 'getPost']);
    showToast('The series is changed');
    onClose();
  });
  return (
    <Dialog title="Change the series" description="From the day that you choose on. Posts that were sent or changed by hand stay as they are." onClose={onClose} size="wide">
      <RuleFields rule={rule} onChange={setRule} />
      {texts.map((text, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the parts keep their places here
        <div key={index} className="flex flex-col gap-1.5">
          <label htmlFor={`${id}-${index}`} className="text-caption font-medium text-ink">{texts.length === 1 ? 'Text' : `Part ${index + 1} of ${texts.length}`}</label>
          <textarea id={`${id}-${index}`} rows={4} value={text} onChange={(event) => setTexts(texts.with(index, event.target.value))} className="w-full rounded-control border border-control bg-surface px-3 py-2 text-input text-ink hover:border-muted" />
        </div>
      ))}
      {series.targets.some(({ content }) => content !== null) && <p className="text-caption text-muted">Accounts with words of their own keep those.</p>}
      {refusal !== null && (
        <Callout tone="danger" role="alert" action={refusal.canInsist ? <Button size="small" isBusy={isBusy} onClick={() => void run(true)}>Go on anyway</Button> : undefined}>{refusal.message}</Callout>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" isBusy={isBusy} disabled={!isRuleReady(rule, nowMs) || !(isOtherRule || isOtherText)} onClick={() => void run(false)}>Change</Button>
      </DialogActions>
    </Dialog>
  );
}

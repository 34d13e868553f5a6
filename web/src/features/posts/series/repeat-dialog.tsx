import { createSeries, type Rule } from '@rookery/contract/series.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { refresh } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { useNow } from '../../../platform/use-now.ts';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { showToast } from '../../../ui/toast.tsx';
import type { Written } from '../composer/draft.ts';
import type { WallChoice } from '../when.ts';
import { isRuleReady, RuleFields, suggestRule } from './rule-fields.tsx';
import { describeRule } from './sentence.ts';
import { useAttempt } from './use-attempt.ts';

export interface RepeatDialogProps {
  /** Saves what is typed, and answers it with the draft that it is in by now. */
  readonly take: () => Promise<{ readonly written: Written; readonly draftId: string | null }>;
  readonly choice: WallChoice;
  readonly onClose: () => void;
  /** The draft has become a series and is gone. */
  readonly onStarted: () => void;
}

/** Makes a series of what was written. */
export function RepeatDialog({ take, choice, onClose, onStarted }: RepeatDialogProps): ReactElement {
  const { workspace } = useSession();
  const navigate = useNavigate();
  const nowMs = useNow();
  const [rule, setRule] = useState<Rule>(() => suggestRule(choice.day, choice.time, workspace.timeZone));
  // One for the whole dialog: a repeated press after a lost answer makes no second series.
  const [keys] = useState(() => new Map<string, string>());
  const { isBusy, refusal, run } = useAttempt(async (allowDuplicate) => {
    const { written, draftId } = await take();
    const body = { ...written, rule, ...(draftId === null ? {} : { postId: draftId }), ...(allowDuplicate ? { allowDuplicate } : {}) };
    const known = JSON.stringify(body);
    const requestKey = keys.get(known) ?? crypto.randomUUID();
    keys.set(known, requestKey);
    await call(createSeries, { params: { workspaceId: workspace.workspaceId }, body: { requestKey, ...body } });
    onStarted();
    await refresh(['listCalendar', 'listSeries']);
    showToast(`Repeats: ${describeRule(rule)}`);
    await navigate({ to: '/calendar', search: { date: rule.startsOn }, resetScroll: false });
  });
  return (
    <Dialog title="Repeat this post" description="Each occurrence is planned as a post of its own, sixty days ahead. You can change, move or delete each of them." onClose={onClose} size="wide">
      <RuleFields rule={rule} onChange={setRule} />
      {refusal !== null && (
        <Callout tone="danger" role="alert" action={refusal.canInsist ? <Button size="small" isBusy={isBusy} onClick={() => void run(true)}>Go on anyway</Button> : undefined}>{refusal.message}</Callout>
      )}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" isBusy={isBusy} disabled={!isRuleReady(rule, nowMs)} onClick={() => void run(false)}>Start the series</Button>
      </DialogActions>
    </Dialog>
  );
}

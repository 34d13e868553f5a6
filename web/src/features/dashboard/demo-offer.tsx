import { createDemo } from '@rookery/contract/demo.ts';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { refresh } from '../../platform/query.ts';
import { chooseWorkspace } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { showProblem, showToast } from '../../ui/toast.tsx';

/** For those who only want to look: a workspace of simulated accounts that fills while they watch. */
export function DemoOffer(): ReactElement {
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const open = async (): Promise<void> => {
    setBusy(true);
    try {
      const { workspaceId } = await call(createDemo, {});
      chooseWorkspace(workspaceId);
      await refresh(['getBootstrap']);
      showToast('The demo fills with 90 days of history. It takes about a minute.', undefined, 12_000);
      // Its history begins 90 days ago: in a shorter range the first minute would be empty.
      await navigate({ to: '/', search: { range: '90d' } });
    } catch (error) {
      showProblem(error instanceof Error ? error.message : 'The demo could not be opened. Try again.');
    } finally {
      setBusy(false);
    }
  };
  return (
    <p className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 text-muted">
      Just looking? See it with simulated accounts and 90 days of history.
      <Button size="small" isBusy={isBusy} onClick={() => void open()}>Open a demo</Button>
    </p>
  );
}

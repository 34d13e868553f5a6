import { createDemo } from '@rookery/contract/status.ts';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { browserZone } from '../../platform/format.ts';
import { refresh } from '../../platform/query.ts';
import { bootstrapQuery, chooseWorkspace } from '../../platform/session.ts';
import { showProblem } from '../../ui/toast.tsx';

export interface Demo {
  /** False on servers that run no simulated networks. */
  readonly isOffered: boolean;
  readonly isBusy: boolean;
  readonly start: () => void;
}

/** Creates a demo workspace and goes there. */
export function useDemo(): Demo {
  const { data } = useQuery(bootstrapQuery);
  const [isBusy, setIsBusy] = useState(false);
  const navigate = useNavigate();
  const start = async (): Promise<void> => {
    setIsBusy(true);
    try {
      const { workspaceId } = await call(createDemo, { body: { timeZone: browserZone() } });
      await refresh(['getBootstrap']);
      chooseWorkspace(workspaceId);
      await navigate({ to: '/' });
    } catch (error) {
      showProblem(error instanceof ApiError ? error.message : 'The demo could not be created. Try again.');
    } finally {
      setIsBusy(false);
    }
  };
  return { isOffered: data?.instance.simulatedNetworks ?? false, isBusy, start: () => void start() };
}

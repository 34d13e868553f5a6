import { useState } from 'react';

import { refusalOf, type Refusal } from '../refusal.ts';

export interface Attempt {
  readonly isBusy: boolean;
  readonly refusal: Refusal | null;
  readonly run: (allowDuplicate: boolean) => Promise<void>;
}

/** Does something that the server may refuse, or ask about: then it is shown, and can be insisted on. */
export function useAttempt(work: (allowDuplicate: boolean) => Promise<void>): Attempt {
  const [isBusy, setIsBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const run = async (allowDuplicate: boolean): Promise<void> => {
    setIsBusy(true);
    setRefusal(null);
    try {
      await work(allowDuplicate);
    } catch (error) {
      setRefusal(refusalOf(error));
      setIsBusy(false);
    }
  };
  return { isBusy, refusal, run };
}

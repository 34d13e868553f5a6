import type { ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import type { Refusal } from '../refusal.ts';
import type { SaveState } from './saver.ts';
import type { DraftInHand } from './use-draft.ts';

export interface ComposerNoticesProps extends Pick<DraftInHand, 'dropRestored' | 'takeTheirs' | 'keepMine'> {
  readonly state: SaveState;
  readonly isBusy: boolean;
  readonly refusal: Refusal | null;
  /** Sends it all the same. */
  readonly onInsist: () => void;
}

/** What stands between the words and their saving: words of an earlier visit, somebody else's change, what the server refused. */
export function ComposerNotices({ state, isBusy, refusal, onInsist, dropRestored, takeTheirs, keepMine }: ComposerNoticesProps): ReactElement {
  const choices = (
    <span className="flex gap-2">
      <Button size="small" onClick={() => void takeTheirs()}>Show the other version</Button>
      <Button size="small" onClick={() => void keepMine()}>Keep mine</Button>
    </span>
  );
  return (
    <>
      {dropRestored !== null && <Callout tone="info" action={<Button size="small" onClick={dropRestored}>Leave it</Button>}>This is what you had typed here and had not saved.</Callout>}
      {state.kind === 'conflict' && (
        <Callout tone="warning" role="alert" action={choices}>
          Somebody changed this post while you wrote. Your words are still here. Keeping them replaces the other version.
        </Callout>
      )}
      {refusal !== null && (
        <Callout tone="danger" role="alert" action={refusal.canInsist ? <Button size="small" isBusy={isBusy} onClick={onInsist}>Go on anyway</Button> : undefined}>{refusal.message}</Callout>
      )}
    </>
  );
}

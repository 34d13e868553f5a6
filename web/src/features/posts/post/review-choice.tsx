import { doubtReason, resolveTarget, type Post, type Target } from '@rookery/contract/posts.ts';
import { useState, type ReactElement } from 'react';

import { call } from '../../../platform/call.ts';
import { refresh } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../../ui/form.tsx';

/** A destination of which nobody knows whether it is out: a person looks at the account, then decides. */
export function ReviewChoice({ post, target }: { readonly post: Post; readonly target: Target }): ReactElement {
  const { workspace } = useSession();
  const [asking, setAsking] = useState<'is-published' | 'send-again' | 'leave' | null>(null);
  const decide = async (decision: 'is-published' | 'send-again' | 'leave', url = ''): Promise<void> => {
    const params = { workspaceId: workspace.workspaceId, postId: post.id, targetId: target.id };
    await call(resolveTarget, { params, body: { decision, ...(url === '' ? {} : { url }) } });
    await refresh(['getPost', 'listCalendar', 'listAttempts']);
  };
  const close = (): void => setAsking(null);
  // What was found out, beyond what every doubt begins with.
  const found = (target.reason ?? '').replace(doubtReason, '').trim();
  const name = `@${target.handle} on ${target.networkName}`;
  return (
    <div className="flex flex-col gap-2.5 rounded-control bg-warning-soft px-3.5 py-3">
      <p>We can't tell whether this went out: look at {name}, then choose.{found === '' ? '' : ` ${found}`}</p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setAsking('is-published')}>It is published</Button>
        <Button onClick={() => setAsking('send-again')}>Send again</Button>
        <Button kind="ghost" onClick={() => setAsking('leave')}>Leave it</Button>
      </div>
      {asking === 'is-published' && (
        <Dialog title="It is published" description={`It will count as published on ${target.networkName}.`} onClose={close}>
          <Form submit={async (data) => {
            await decide('is-published', textOf(data, 'url'));
            close();
          }}
          >
            <TextField label="Its address" name="url" type="url" inputMode="url" placeholder="https://" help="Paste it if you have it, so that people find it from here. It can stay empty." />
            <DialogActions>
              <Button onClick={close}>Cancel</Button>
              <SubmitButton>It is published</SubmitButton>
            </DialogActions>
          </Form>
        </Dialog>
      )}
      {asking === 'send-again' && (
        <ConfirmDialog title="Send it again?" verb="Send again" isDangerous={false} confirm={() => decide('send-again')} onClose={close}>
          If it did go out the first time, it will be there twice on {name}.
        </ConfirmDialog>
      )}
      {asking === 'leave' && (
        <ConfirmDialog title="Leave it?" verb="Leave it" isDangerous={false} confirm={() => decide('leave')} onClose={close}>
          It counts as failed here, and nothing more is sent to {name}.
        </ConfirmDialog>
      )}
    </div>
  );
}

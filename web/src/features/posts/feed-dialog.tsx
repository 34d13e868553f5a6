import { createCalendarFeed, feedsMax, listCalendarFeeds, revokeCalendarFeed, type CalendarFeed } from '@rookery/contract/post-files.ts';
import { useState, type ReactElement } from 'react';

import { useCall, useSend } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { CopyId } from '../../ui/copy-id.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';

function FeedRow({ feed }: { readonly feed: CalendarFeed }): ReactElement {
  const { workspace } = useSession();
  const revoke = useSend(revokeCalendarFeed, [listCalendarFeeds.id]);
  const [isAsking, setIsAsking] = useState(false);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1.5 py-2">
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{feed.name}</span>
        <span className="text-caption text-muted">
          {feed.readAt === null ? 'Not read yet' : <>Last read <RelativeTime instant={feed.readAt} timeZone={workspace.timeZone} /></>}
        </span>
      </span>
      {isAsking && <Button size="small" onClick={() => setIsAsking(false)}>Keep it</Button>}
      <Button
        size="small" kind="danger" isBusy={revoke.isPending}
        onClick={() => (isAsking ? revoke.mutate({ params: { workspaceId: workspace.workspaceId, feedId: feed.id } }) : setIsAsking(true))}
      >
        {isAsking ? 'Yes, end it' : 'End'}<span className="sr-only"> the address {feed.name}</span>
      </Button>
      {revoke.error !== null && <p role="alert" className="w-full text-caption text-danger">{revoke.error.message}</p>}
    </li>
  );
}

function Feeds(): ReactElement | null {
  const { workspace } = useSession();
  const feeds = useCall(listCalendarFeeds, { params: { workspaceId: workspace.workspaceId } });
  if (feeds.error !== null) return <ErrorState what="Your addresses" error={feeds.error} onRetry={() => void feeds.refetch()} />;
  if (feeds.data === undefined) return <SkeletonRows rows={2} label="Your addresses" />;
  if (feeds.data.feeds.length === 0) return null;
  return (
    <section aria-labelledby="feeds-title">
      <h3 id="feeds-title" className="text-caption font-medium text-muted">Addresses in use</h3>
      <ul className="divide-y divide-line">{feeds.data.feeds.map((feed) => <FeedRow key={feed.id} feed={feed} />)}</ul>
    </section>
  );
}

/** Makes and ends the secret addresses by which a calendar program reads this calendar. */
export function FeedDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const create = useSend(createCalendarFeed, [listCalendarFeeds.id]);
  const submit = async (data: FormData): Promise<void> => {
    await create.mutateAsync({ params: { workspaceId: workspace.workspaceId }, body: { name: textOf(data, 'name') } });
  };
  if (create.data !== undefined) {
    return (
      <Dialog title="Copy this address" description="It is shown only now. Rookery keeps no copy that can be read." onClose={onClose}>
        <div className="rounded-control border border-control bg-sunken px-3 py-2.5"><CopyId label="Address" value={create.data.url} isLong /></div>
        <p>In your calendar program choose “Add by URL” or “Subscribe”, and paste it there. Most programs look again every few hours.</p>
        <Callout tone="warning">Whoever has it sees the posts of {workspace.name} as you do. End it when it is not used any more.</Callout>
        <DialogActions><Button kind="primary" onClick={onClose}>Done</Button></DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog title="Calendar addresses" description="Calendar programs cannot sign in. They read your posts by an address that only you know." onClose={onClose}>
      <Feeds />
      <Form submit={submit}>
        <TextField label="A new address for" name="name" placeholder="My phone" maxLength={60} autoComplete="off" required help={`So that you know later which is which. ${feedsMax} at most.`} />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <SubmitButton>Make an address</SubmitButton>
        </DialogActions>
      </Form>
    </Dialog>
  );
}

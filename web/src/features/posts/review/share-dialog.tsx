import type { Post } from '@rookery/contract/posts.ts';
import { createReviewLink, listReviewLinks, reviewDaysDefault, reviewDaysMax, revokeReviewLink, type ReviewLink } from '@rookery/contract/reviews.ts';
import { useState, type ReactElement } from 'react';

import { formatInstant } from '../../../platform/format.ts';
import { useCall, useSend } from '../../../platform/query.ts';
import { useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { CopyId } from '../../../ui/copy-id.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SelectField, TextField } from '../../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../../ui/form.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { Checkbox } from '../../../ui/toggle.tsx';

const dayChoices = [1, 3, reviewDaysDefault, 14, reviewDaysMax];

/** Makes links by which people without an account see this post, and ends them. */
export function ShareDialog({ post, onClose }: { readonly post: Post; readonly onClose: () => void }): ReactElement {
  const { workspace } = useSession();
  const params = { workspaceId: workspace.workspaceId, postId: post.id };
  const create = useSend(createReviewLink, ['listReviewLinks']);
  const [link, setLink] = useState<string | null>(null);
  const submit = async (form: FormData): Promise<void> => {
    const body = { label: textOf(form, 'label'), days: Number(textOf(form, 'days')), mayDecide: textOf(form, 'mayDecide') !== '' };
    setLink((await create.mutateAsync({ params, body })).link);
  };
  if (link !== null) {
    return (
      <Dialog title="Send this link" description="It is shown only now: Rookery keeps no copy that can be read. Whoever has it sees this post and nothing else." onClose={onClose}>
        <div className="rounded-control border border-control bg-sunken px-3 py-2.5"><CopyId label="Link" value={link} isLong /></div>
        <DialogActions><Button onClick={() => setLink(null)}>Back</Button><Button kind="primary" onClick={onClose}>Done</Button></DialogActions>
      </Dialog>
    );
  }
  return (
    <Dialog title="Share for review" description="For a client or anybody without an account. They see this post as it is when they look." onClose={onClose}>
      <Form submit={submit}>
        <TextField label="For whom" name="label" maxLength={80} required placeholder="Harbour Bakery" help="Only the team sees this." />
        <SelectField label="Ends after" name="days" defaultValue={reviewDaysDefault}>
          {dayChoices.map((days) => <option key={days} value={days}>{days === 1 ? 'One day' : `${days} days`}</option>)}
        </SelectField>
        <Checkbox label="They may approve or ask for changes" help="It is shown as theirs. What the workspace asks for stays with owners and admins." name="mayDecide" value="yes" defaultChecked />
        <DialogActions><Button onClick={onClose}>Cancel</Button><SubmitButton>Make a link</SubmitButton></DialogActions>
      </Form>
      <ActiveLinks params={params} zone={workspace.timeZone} />
    </Dialog>
  );
}

interface LinkParams {
  readonly workspaceId: string;
  readonly postId: string;
}

function ActiveLinks({ params, zone }: { readonly params: LinkParams; readonly zone: string }): ReactElement | null {
  const { data, error, refetch } = useCall(listReviewLinks, { params });
  if (error !== null && data === undefined) return <ErrorState what="The links" error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={1} label="Loading the links" />;
  if (data.reviewLinks.length === 0) return null;
  return (
    <section className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="text-caption font-medium text-muted">Links that work now</h3>
      <ul className="flex flex-col divide-y divide-line rounded-control border border-line">
        {data.reviewLinks.map((link) => <LinkRow key={link.id} link={link} params={params} zone={zone} />)}
      </ul>
    </section>
  );
}

function LinkRow({ link, params, zone }: { readonly link: ReviewLink; readonly params: LinkParams; readonly zone: string }): ReactElement {
  const revoke = useSend(revokeReviewLink, ['listReviewLinks']);
  const end = (): void => {
    revoke.mutateAsync({ params: { ...params, reviewLinkId: link.id } }).then(() => showToast('The link has ended'), (error: unknown) => {
      showToast(error instanceof Error ? error.message : 'The link could not be ended.');
    });
  };
  return (
    <li className="flex items-center gap-3 px-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{link.label}</p>
        <p className="text-caption text-muted">Until {formatInstant(link.expiresAt, zone)}{link.mayDecide ? '' : ' · comments only'} · by {link.createdBy}</p>
      </div>
      <Button size="small" isBusy={revoke.isPending} onClick={end}>End<span className="sr-only"> the link for {link.label}</span></Button>
    </li>
  );
}

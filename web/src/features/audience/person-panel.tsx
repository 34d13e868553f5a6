import { getPerson, type ChangeKind, type Person } from '@rookery/contract/audience.ts';
import type { ReplyOf } from '@rookery/contract/endpoint.ts';
import { clsx } from 'clsx';
import { ExternalLink } from 'lucide-react';
import type { ReactElement } from 'react';

import { formatCount, formatExact, formatInstant } from '../../platform/format.ts';
import { useCall } from '../../platform/query.ts';
import { useSession } from '../../platform/session.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonStyle } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { useAccount } from './accounts-context.ts';
import { KindMark } from './kind-mark.tsx';
import { VerifiedMark } from './person-row.tsx';
import { handleOf, kindMeanings, nameOf, profileLinkOf } from './words.ts';

type Details = ReplyOf<typeof getPerson>;

interface Happening {
  readonly kind: ChangeKind;
  readonly at: string;
  readonly since: string | null;
}

/** When it happened, as exactly as it is known: between two scans. */
function Window({ at, since }: Happening): ReactElement {
  const { workspace } = useSession();
  const seen = <time dateTime={at} title={formatExact(at, workspace.timeZone)}>{formatInstant(at, workspace.timeZone)}</time>;
  if (since === null) return <>Seen {seen}</>;
  const shown = <time dateTime={since} title={formatExact(since, workspace.timeZone)}>{formatInstant(since, workspace.timeZone)}</time>;
  return <>Between {shown} and {seen}</>;
}

function History({ details }: { readonly details: Details }): ReactElement {
  const { workspace } = useSession();
  const history = details.history.toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return (
    <section aria-labelledby="person-history" className="flex flex-col gap-3">
      <h3 id="person-history" className="font-semibold">History</h3>
      <ol className="flex flex-col">
        {history.map((item) => (
          <li
            key={`${item.kind}:${item.at}`}
            className={clsx(
              'relative border-l border-line pb-5 pl-5 last:pb-0',
              'before:absolute before:top-1.5 before:-left-1 before:size-2 before:rounded-full before:bg-control',
            )}
          >
            <p className="flex flex-wrap items-baseline justify-between gap-x-3">
              <KindMark kind={item.kind} />
              <span className="text-caption text-muted"><RelativeTime instant={item.at} timeZone={workspace.timeZone} /></span>
            </p>
            <p className="text-muted">{kindMeanings[item.kind]}.</p>
            <p className="text-caption text-faint"><Window {...item} /></p>
          </li>
        ))}
        {history.length === 0 && (
          <li className="text-muted">
            {details.firstSeenAt === null
              ? 'Was there when the list was first read, and stayed since.'
              : 'No change since they were first seen.'}
          </li>
        )}
      </ol>
    </section>
  );
}

function Facts({ person, details }: { readonly person: Person; readonly details: Details }): ReactElement {
  const { workspace } = useSession();
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2">
      <dt className="text-muted">Follows you</dt>
      <dd>{details.following ? <Badge tone="success" shape="check">Yes</Badge> : <Badge shape="ring">Not now</Badge>}</dd>
      <dt className="text-muted">First seen</dt>
      <dd>
        {details.firstSeenAt === null
          ? 'In the first list that was read'
          : (
              <time dateTime={details.firstSeenAt} title={formatExact(details.firstSeenAt, workspace.timeZone)}>
                {formatInstant(details.firstSeenAt, workspace.timeZone)}
              </time>
            )}
      </dd>
      {person.followers !== null && (
        <><dt className="text-muted">Their followers</dt><dd className="tabular">{formatCount(person.followers)}</dd></>
      )}
      <dt className="text-muted">Verified</dt>
      <dd>
        {person.verified === null && <span className="text-muted">The network does not say</span>}
        {person.verified !== null && (person.verified ? 'Yes, by the network' : 'No')}
      </dd>
    </dl>
  );
}

interface PersonPanelProps {
  readonly personKey: string;
  readonly accountId: string;
  /** What the list knows already, shown until the rest is here. */
  readonly known: Person | undefined;
  readonly onClose: () => void;
}

/** One person's history with one account. */
export function PersonPanel({ personKey, accountId, known, onClose }: PersonPanelProps): ReactElement {
  const { workspace } = useSession();
  const account = useAccount(accountId);
  const details = useCall(getPerson, { params: { workspaceId: workspace.workspaceId, accountId, personKey } });
  const person = details.data?.person ?? known;
  const link = person === undefined ? null : profileLinkOf(person);
  const network = account?.networkName ?? 'the network';
  return (
    <Panel
      title={person === undefined ? 'Person' : nameOf(person)}
      subtitle={account === undefined ? undefined : `with @${account.handle.replace(/^@/, '')} on ${account.networkName}`}
      onClose={onClose}
    >
      <div className="flex flex-col gap-6">
        {person !== undefined && (
          <div className="flex flex-wrap items-center gap-3">
            <Avatar
              name={person.name ?? person.handle ?? '?'} size="large"
              {...(account === undefined ? {} : { network: account.network })}
            />
            <p className="flex min-w-0 flex-1 items-center gap-1.5 text-muted">
              <span className="truncate">{handleOf(person) ?? 'The network gave no handle'}</span>
              {person.verified === true && <VerifiedMark />}
            </p>
            {link !== null && (
              <a href={link} target="_blank" rel="noopener noreferrer" className={buttonStyle()}>
                Open on {network} <ExternalLink size={14} aria-hidden="true" /><span className="sr-only">(new tab)</span>
              </a>
            )}
          </div>
        )}
        {details.isPending && <SkeletonRows rows={4} label="Loading the history" />}
        {details.error !== null && details.data === undefined && (
          <ErrorState what="The history" error={details.error} onRetry={() => void details.refetch()} />
        )}
        {details.data !== undefined && <Facts person={details.data.person} details={details.data} />}
        {details.data !== undefined && <History details={details.data} />}
      </div>
    </Panel>
  );
}

import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { Avatar } from '../../../ui/avatar.tsx';
import { SectionTitle } from '../frame.tsx';
import { MediaImage } from '../../../ui/media-image.tsx';
import type { Destination } from './destinations.ts';
import { contentFor, type Draft } from './draft.ts';
import { highlight } from './highlight.ts';

function PlainText({ text, needsScheme }: { readonly text: string; readonly needsScheme: boolean }): ReactElement {
  if (text.trim() === '') return <p className="text-faint">No text yet</p>;
  return (
    <p className="wrap-anywhere whitespace-pre-wrap">
      {highlight(text, { overrunIndex: null, needsScheme }).map((segment, index) => (
        <span key={index} className={clsx(segment.kind !== 'plain' && 'text-accent')}>{segment.text}</span>
      ))}
    </p>
  );
}

function OnePreview({ draft, destination }: { readonly draft: Draft; readonly destination: Destination }): ReactElement {
  const { account, publishing } = destination;
  const content = contentFor(draft, account.id);
  const needsScheme = publishing?.text.unit !== 'weighted';
  return (
    <article aria-label={`On ${account.networkName} as @${account.handle}`} className="rounded-control border border-line bg-surface p-3.5">
      <header className="flex min-w-0 items-center gap-2.5">
        <Avatar name={account.name === '' ? account.handle : account.name} network={account.network} />
        <div className="min-w-0">
          <p className="truncate font-medium">{account.name === '' ? account.handle : account.name}</p>
          <p className="truncate text-caption text-muted">@{account.handle} · {account.networkName}</p>
        </div>
      </header>
      <ol className={clsx('mt-2.5 flex flex-col gap-3', content.parts.length > 1 && 'ml-3 border-l-2 border-line pl-4')}>
        {content.parts.map((part) => (
          <li key={part.key}>
            {(part.text !== '' || part.media.length === 0) && <PlainText text={part.text} needsScheme={needsScheme} />}
            {part.media.length > 0 && (
              <div className="mt-2 grid grid-cols-2 gap-1">
                {part.media.map(({ mediaId, altText }, index) => <MediaImage key={`${mediaId}:${index}`} mediaId={mediaId} altText={altText} className={clsx('aspect-video w-full', part.media.length === 1 && 'col-span-2')} />)}
              </div>
            )}
          </li>
        ))}
      </ol>
      {publishing?.firstComment === true && (content.firstComment ?? '').trim() !== '' && (
        <div className="mt-3 border-t border-line pt-2.5">
          <p className="text-caption text-muted">First comment</p>
          <PlainText text={content.firstComment ?? ''} needsScheme={needsScheme} />
        </div>
      )}
    </article>
  );
}

/** How the words will read on each account. Plain: what is not known of a network's look is not imitated. */
export function Previews({ draft, chosen }: { readonly draft: Draft; readonly chosen: readonly Destination[] }): ReactElement {
  return (
    <section aria-label="Preview" className="flex flex-col gap-3">
      <SectionTitle>Preview</SectionTitle>
      {chosen.length === 0
        ? <p className="rounded-control border border-dashed border-control px-4 py-6 text-center text-muted">Choose an account to see how it will read there.</p>
        : chosen.map((destination) => <OnePreview key={destination.account.id} draft={draft} destination={destination} />)}
    </section>
  );
}

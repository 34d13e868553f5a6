import { readReviewImage, type ReviewPart } from '@rookery/contract/reviews.ts';
import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';

interface ReviewPartsProps {
  readonly parts: readonly ReviewPart[];
  readonly firstComment: string | null;
  readonly token: string;
}

/** The words and images of a post, a thread as parts one below the other. */
export function ReviewParts({ parts, firstComment, token }: ReviewPartsProps): ReactElement {
  return (
    <>
      <ol className={clsx('flex flex-col gap-5', parts.length > 1 && 'border-l-2 border-line pl-4')}>
        {parts.map((part, index) => (
          <li key={index} className="flex flex-col gap-3">
            {part.text.trim() !== '' && <p className="text-[1.0625rem] leading-7 wrap-anywhere whitespace-pre-wrap">{part.text}</p>}
            {part.text.trim() === '' && part.images.length === 0 && <p className="text-faint">No text yet</p>}
            {part.images.length > 0 && (
              <div className={clsx('grid gap-1.5', part.images.length > 1 && 'grid-cols-2')}>
                {part.images.map((image, at) => <ReviewImage key={`${image.key}:${at}`} image={image} token={token} isAlone={part.images.length === 1} />)}
              </div>
            )}
          </li>
        ))}
      </ol>
      {firstComment !== null && firstComment.trim() !== '' && (
        <div className="mt-4 border-t border-line pt-3">
          <p className="text-caption text-muted">First comment</p>
          <p className="wrap-anywhere whitespace-pre-wrap">{firstComment}</p>
        </div>
      )}
    </>
  );
}

/** The placeholder at once, the image when it is there. The token goes into the body of the call: an address would stay in histories. */
function ReviewImage({ image, token, isAlone }: { readonly image: ReviewPart['images'][number]; readonly token: string; readonly isAlone: boolean }): ReactElement {
  const { data, error } = useQuery({
    queryKey: ['readReviewImage', image.key],
    queryFn: ({ signal }) => call(readReviewImage, { body: { token, key: image.key } }, { signal }),
    staleTime: Infinity,
  });
  return (
    <figure className="min-w-0">
      <img
        src={data?.dataUrl ?? image.placeholder} alt={image.altText} width={image.width} height={image.height}
        className={clsx('w-full rounded-control border border-line bg-sunken object-cover', isAlone ? 'h-auto' : 'aspect-square')}
      />
      {error !== null && <figcaption className="mt-1 text-caption text-muted">This image could not be loaded.</figcaption>}
    </figure>
  );
}

import type { Part } from '@rookery/contract/posts.ts';
import { countText } from '@rookery/contract/text-count.ts';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { memo, type ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { CharacterMeter } from '../../../ui/character-meter.tsx';
import type { NetworkRule } from './destinations.ts';
import type { EditPart } from './draft.ts';
import { highlight } from './highlight.ts';
import { MediaStrip } from './media-strip.tsx';
import { imagesIn, useImageUploads } from '../../../platform/image-uploads.ts';

/** What can be done with a part. The functions stay the same, so that typing in one part draws only that one. */
export interface PartActions {
  readonly write: (key: string, text: string) => void;
  readonly illustrate: (key: string, edit: (media: Part['media']) => Part['media']) => void;
  readonly add: (afterKey: string) => void;
  readonly remove: (key: string) => void;
  readonly shift: (key: string, by: -1 | 1) => void;
}

export interface PartEditorProps {
  readonly part: EditPart;
  readonly index: number;
  readonly count: number;
  readonly rules: readonly NetworkRule[];
  /** A thread can go on here. */
  readonly canAdd: boolean;
  readonly actions: PartActions;
  readonly isFirst: boolean;
}

/** The id of a part's text field, for links from the list of problems. */
export function partFieldId(key: string): string {
  return `field-${key}`;
}

const lettering = 'col-start-1 row-start-1 min-h-28 w-full px-3 py-2.5 text-[1rem] leading-[1.625rem] break-words whitespace-pre-wrap [overflow-wrap:anywhere] [tab-size:4]';

/** The same text behind the field, without letters of its own: lines under links and tags, a ground under what is too much. */
function Backdrop({ text, overrunIndex, needsScheme }: { readonly text: string; readonly overrunIndex: number | null; readonly needsScheme: boolean }): ReactElement {
  return (
    <div aria-hidden="true" className={`${lettering} pointer-events-none border border-transparent text-transparent`}>
      {highlight(text, { overrunIndex, needsScheme }).map((segment, index) => (
        <span
          key={index}
          className={clsx(segment.isOver && 'rounded-[2px] bg-danger/22', segment.kind !== 'plain' && 'underline decoration-accent decoration-2 underline-offset-4', segment.kind === 'tag' && 'decoration-dotted')}
        >
          {segment.text}
        </span>
      ))}
      {/* A last empty line has no height of its own. */}
      {'\u200b'}
    </div>
  );
}

/** One post of a thread, or the only one: its text, how much room is left on each network, and its place. */
export const PartEditor = memo(function PartEditor({ part, index, count, rules, canAdd, actions, isFirst }: PartEditorProps): ReactElement {
  const counts = rules.map(({ rule, ...names }) => ({ ...names, count: countText(part.text, rule) }));
  const overruns = counts.flatMap(({ count: { overrunIndex } }) => overrunIndex ?? []);
  const overrunIndex = overruns.length === 0 ? null : Math.min(...overruns);
  const needsScheme = !rules.some(({ rule }) => rule.unit === 'weighted');
  const join = ({ id, altText }: { id: string; altText: string }): void => actions.illustrate(part.key, (media) => [...media, { mediaId: id, altText }]);
  const uploads = useImageUploads(join);
  const takeImages = (data: DataTransfer | null, event: { preventDefault: () => void }): void => {
    const images = imagesIn(data);
    if (images.length === 0) return;
    event.preventDefault();
    uploads.add(images);
  };
  const name = count === 1 ? 'Text' : `Part ${index + 1} of ${count}`;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="grid rounded-control border border-control bg-surface hover:border-muted">
        <Backdrop text={part.text} overrunIndex={overrunIndex} needsScheme={needsScheme} />
        <textarea
          id={partFieldId(part.key)}
          {...(isFirst ? { 'data-text-start': '' } : {})}
          aria-label={name}
          aria-invalid={overruns.length > 0 || undefined}
          value={part.text}
          placeholder={index === 0 ? 'What do you want to say?' : 'Go on …'}
          onChange={(event) => actions.write(part.key, event.target.value)}
          onPaste={(event) => takeImages(event.clipboardData, event)}
          onDrop={(event) => takeImages(event.dataTransfer, event)}
          className={`${lettering} resize-none overflow-hidden rounded-control border border-transparent bg-transparent text-ink placeholder:text-faint`}
        />
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        {counts.map(({ network, name: place, count: counted }) => (
          <CharacterMeter key={place} network={network} networkName={place} used={counted.length} max={counted.lengthMax} />
        ))}
        <span className="flex-1" />
        {count > 1 && (
          <>
            <Button kind="ghost" size="icon-small" aria-label={`Move part ${index + 1} up`} disabled={index === 0} onClick={() => actions.shift(part.key, -1)}><ArrowUp size={14} aria-hidden="true" /></Button>
            <Button kind="ghost" size="icon-small" aria-label={`Move part ${index + 1} down`} disabled={index === count - 1} onClick={() => actions.shift(part.key, 1)}><ArrowDown size={14} aria-hidden="true" /></Button>
            <Button kind="ghost" size="icon-small" aria-label={`Remove part ${index + 1}`} onClick={() => actions.remove(part.key)}><X size={14} aria-hidden="true" /></Button>
          </>
        )}
        {canAdd && <Button kind="ghost" size="small" onClick={() => actions.add(part.key)}><Plus size={14} aria-hidden="true" /> {index === count - 1 ? 'Add to thread' : 'Insert part'}</Button>}
      </div>
      <MediaStrip partKey={part.key} media={part.media} uploads={uploads} onChange={(edit) => actions.illustrate(part.key, edit)} onChosen={join} />
    </div>
  );
});

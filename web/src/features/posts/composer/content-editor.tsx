import { partsMax } from '@rookery/contract/posts.ts';
import { NotebookText } from 'lucide-react';
import { lazy, Suspense, useMemo, useRef, useEffect, useState, type ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { rulesOf, signRules, type Destination } from './destinations.ts';
import { addPart, removePart, shiftPart, withPartMedia, withPartText, withSnippet, type EditContent } from './draft.ts';
import { PartEditor, partFieldId, type PartActions } from './part-editor.tsx';

const SnippetsDialog = lazy(async () => ({ default: (await import('./snippets-dialog.tsx')).SnippetsDialog }));

export const firstCommentId = 'field-first-comment';
const firstCommentLengthMax = 2200;

export interface ContentEditorProps {
  readonly content: EditContent;
  /** The accounts that will publish these words. */
  readonly destinations: readonly Destination[];
  readonly onChange: (change: (content: EditContent) => EditContent) => void;
}

/** Focus follows the part that was added or moved, once it is on the page. */
function focusPart(key: string | undefined): void {
  if (key !== undefined) requestAnimationFrame(() => document.getElementById(partFieldId(key))?.focus());
}

/** The words of a post: its parts, and the comment below it where the network has one. */
export function ContentEditor({ content, destinations, onChange }: ContentEditorProps): ReactElement {
  const [isChoosing, setIsChoosing] = useState(false);
  const signature = signRules(destinations);
  // oxlint-disable-next-line react/exhaustive-deps -- the signature says all of them, and typing must not make new ones
  const rules = useMemo(() => rulesOf(destinations), [signature]);
  const threadMax = Math.min(partsMax, Math.max(1, ...destinations.map(({ publishing }) => publishing?.threadPartsMax ?? 1)));
  const canAdd = content.parts.length < (destinations.length === 0 ? partsMax : threadMax);
  const commenting = destinations.filter(({ publishing }) => publishing?.firstComment === true);
  const canComment = commenting.length > 0 && commenting.length === destinations.length;
  const latest = useRef({ content, onChange });
  useEffect(() => {
    latest.current = { content, onChange };
  });
  const actions = useMemo<PartActions>(() => ({
    write: (key, text) => latest.current.onChange((before) => withPartText(before, key, text)),
    illustrate: (key, edit) => latest.current.onChange((before) => withPartMedia(before, key, edit)),
    add: (afterKey) => {
      const next = addPart(latest.current.content, afterKey);
      latest.current.onChange(() => next);
      focusPart(next.parts[next.parts.findIndex(({ key }) => key === afterKey) + 1]?.key);
    },
    remove: (key) => {
      const index = latest.current.content.parts.findIndex((part) => part.key === key);
      const next = removePart(latest.current.content, key);
      latest.current.onChange(() => next);
      focusPart(next.parts[Math.max(0, index - 1)]?.key);
    },
    shift: (key, by) => {
      latest.current.onChange((before) => shiftPart(before, key, by));
      focusPart(key);
    },
  }), []);
  return (
    <div className="flex flex-col gap-4">
      {content.parts.map((part, index) => (
        <PartEditor key={part.key} part={part} index={index} count={content.parts.length} rules={rules} canAdd={canAdd} actions={actions} isFirst={index === 0} />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button kind="ghost" size="small" onClick={() => setIsChoosing(true)}><NotebookText size={14} aria-hidden="true" /> Templates and signatures</Button>
        {content.firstComment === null && canComment && (
          <Button kind="ghost" size="small" onClick={() => onChange((before) => ({ ...before, firstComment: '' }))}>Add a first comment</Button>
        )}
      </div>
      <Suspense fallback={null}>
        {isChoosing && (
          <SnippetsDialog
            words={content.parts.map(({ text }) => text).join('\n\n').trim()}
            onUse={(snippet) => onChange((before) => withSnippet(before, snippet))}
            onClose={() => setIsChoosing(false)}
          />
        )}
      </Suspense>
      {content.firstComment === null && commenting.length > 0 && !canComment && (
        <p className="text-caption text-muted">{commenting.map(({ account }) => account.networkName).join(' and ')} can have a first comment: give it words of its own.</p>
      )}
      {content.firstComment !== null && (
        <div className="flex flex-col gap-1.5">
          <div className="flex items-center justify-between gap-2">
            <label htmlFor={firstCommentId} className="text-caption font-medium">First comment</label>
            <Button kind="ghost" size="small" onClick={() => onChange((before) => ({ ...before, firstComment: null }))}>Remove</Button>
          </div>
          <textarea
            id={firstCommentId}
            rows={2}
            maxLength={firstCommentLengthMax}
            value={content.firstComment}
            onChange={(event) => {
              const firstComment = event.target.value;
              onChange((before) => ({ ...before, firstComment }));
            }}
            aria-describedby={`${firstCommentId}-help`}
            className="w-full rounded-control border border-control bg-surface px-3 py-2 text-input hover:border-muted"
          />
          <p id={`${firstCommentId}-help`} className="text-caption text-muted">
            Posted right below, by {commenting.map(({ account }) => account.networkName).join(' and ') || 'no chosen network'}.
          </p>
        </div>
      )}
    </div>
  );
}

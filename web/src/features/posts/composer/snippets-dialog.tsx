import { createSnippet, deleteSnippet, listSnippets, snippetNameLengthMax, snippetTextLengthMax, updateSnippet, type Snippet, type SnippetKind } from '@rookery/contract/snippets.ts';
import { Ellipsis } from 'lucide-react';
import { useState, type ReactElement } from 'react';

import { useCall, useSend } from '../../../platform/query.ts';
import { useCan, useSession } from '../../../platform/session.ts';
import { Button } from '../../../ui/button.tsx';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { Dialog, DialogActions } from '../../../ui/dialog.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SearchInput, TextAreaField, TextField } from '../../../ui/field.tsx';
import { Form, rawTextOf, SubmitButton, textOf } from '../../../ui/form.tsx';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';

const kindWords = {
  template: { many: 'Templates', empty: 'No templates yet. Keep the words that posts of a kind begin with.' },
  signature: { many: 'Signatures', empty: 'No signatures yet. Keep the tags or the line that stands below your posts.' },
} as const satisfies Record<SnippetKind, { many: string; empty: string }>;
const kindOptions = [{ value: 'template', label: 'Templates' }, { value: 'signature', label: 'Signatures' }] as const;

export interface SnippetsDialogProps {
  /** The words that are in the post now: what a new template begins with. */
  readonly words: string;
  readonly onUse: (snippet: Snippet) => void;
  readonly onClose: () => void;
}

type Opened = { readonly kind: 'list' } | { readonly kind: 'edit'; readonly snippet: Snippet | null } | { readonly kind: 'delete'; readonly snippet: Snippet };

/** Words that are kept to be used again: to put into this post, to add to and to change. */
export function SnippetsDialog({ words, onUse, onClose }: SnippetsDialogProps): ReactElement {
  const [kind, setKind] = useState<SnippetKind>('template');
  const [opened, setOpened] = useState<Opened>({ kind: 'list' });
  const back = (): void => setOpened({ kind: 'list' });
  if (opened.kind === 'edit') return <EditDialog kind={kind} snippet={opened.snippet} words={words} onBack={back} />;
  if (opened.kind === 'delete') return <RemoveDialog snippet={opened.snippet} onBack={back} />;
  return <ListDialog kind={kind} onKind={setKind} onOpen={setOpened} onUse={onUse} onClose={onClose} />;
}

interface ListDialogProps extends Pick<SnippetsDialogProps, 'onUse' | 'onClose'> {
  readonly kind: SnippetKind;
  readonly onKind: (kind: SnippetKind) => void;
  readonly onOpen: (opened: Opened) => void;
}

function ListDialog({ kind, onKind, onOpen, onUse, onClose }: ListDialogProps): ReactElement {
  const { workspace } = useSession();
  const canWrite = useCan('posts:write');
  const [search, setSearch] = useState('');
  const { data, error, refetch } = useCall(listSnippets, { params: { workspaceId: workspace.workspaceId } });
  const wanted = search.trim().toLowerCase();
  const ofKind = (data?.snippets ?? []).filter((snippet) => snippet.kind === kind);
  const shown = ofKind.filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(wanted));
  const use = (snippet: Snippet): void => {
    onUse(snippet);
    onClose();
  };
  return (
    <Dialog title="Templates and signatures" description="Words that everyone in this workspace can use again." size="wide" onClose={onClose}>
      <div className="flex flex-wrap items-center gap-3">
        <SegmentedControl label="Which" options={kindOptions} value={kind} onChange={onKind} />
        <SearchInput aria-label={`Search ${kindWords[kind].many.toLowerCase()}`} placeholder="Name or words" maxLength={100} value={search} onChange={(event) => setSearch(event.target.value)} className="min-w-40 flex-1" />
      </div>
      {data === undefined && error === null && <SkeletonRows rows={3} label="Loading" />}
      {data === undefined && error !== null && <ErrorState what="Templates and signatures" error={error} onRetry={() => void refetch()} />}
      {data !== undefined && shown.length === 0 && <Empty>{ofKind.length === 0 ? kindWords[kind].empty : 'Nothing here has these words.'}</Empty>}
      {shown.length > 0 && (
        <ul className="-mx-2 flex max-h-96 flex-col overflow-auto">
          {shown.map((snippet) => (
            <li key={snippet.id} className="flex items-start gap-1 rounded-control hover:bg-hover">
              <button type="button" onClick={() => use(snippet)} className="min-w-0 flex-1 rounded-control px-2 py-2 text-left focus-visible:-outline-offset-2">
                <span className="block truncate font-medium">{snippet.name}</span>
                <span className="line-clamp-2 text-caption wrap-anywhere text-muted">{snippet.text}</span>
              </button>
              {canWrite && (
                <Menu
                  trigger={(
                    <button type="button" aria-label={`Actions for ${snippet.name}`} className="mt-2 mr-1 grid size-7 shrink-0 place-items-center rounded-small text-muted hover:bg-sunken hover:text-ink pointer-coarse:size-11">
                      <Ellipsis size={16} aria-hidden="true" />
                    </button>
                  )}
                >
                  <MenuItem onSelect={() => onOpen({ kind: 'edit', snippet })}>Edit…</MenuItem>
                  <MenuItem isDangerous onSelect={() => onOpen({ kind: 'delete', snippet })}>Delete…</MenuItem>
                </Menu>
              )}
            </li>
          ))}
        </ul>
      )}
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
        {canWrite && <Button kind="primary" onClick={() => onOpen({ kind: 'edit', snippet: null })}>New {kind}</Button>}
      </DialogActions>
    </Dialog>
  );
}

interface EditDialogProps {
  readonly kind: SnippetKind;
  /** Null for a new one. */
  readonly snippet: Snippet | null;
  readonly words: string;
  readonly onBack: () => void;
}

function EditDialog({ kind, snippet, words, onBack }: EditDialogProps): ReactElement {
  const { workspace } = useSession();
  const { workspaceId } = workspace;
  const create = useSend(createSnippet, [listSnippets.id]);
  const update = useSend(updateSnippet, [listSnippets.id]);
  const submit = async (data: FormData): Promise<void> => {
    const body = { name: textOf(data, 'name'), text: rawTextOf(data, 'text') };
    if (snippet === null) await create.mutateAsync({ params: { workspaceId }, body: { ...body, kind } });
    else await update.mutateAsync({ params: { workspaceId, snippetId: snippet.id }, body: { ...body, version: snippet.version } });
    onBack();
  };
  return (
    <Dialog title={snippet === null ? `New ${kind}` : `Edit the ${kind}`} description="Posts that were written with it stay as they are." size="wide" onClose={onBack}>
      <Form submit={submit}>
        <TextField label="Name" name="name" maxLength={snippetNameLengthMax} defaultValue={snippet?.name ?? ''} required />
        <TextAreaField label="Words" name="text" rows={6} maxLength={snippetTextLengthMax} defaultValue={snippet?.text ?? (kind === 'template' ? words : '')} required />
        <DialogActions>
          <Button onClick={onBack}>Cancel</Button>
          <SubmitButton>Keep</SubmitButton>
        </DialogActions>
      </Form>
    </Dialog>
  );
}

function RemoveDialog({ snippet, onBack }: { readonly snippet: Snippet; readonly onBack: () => void }): ReactElement {
  const { workspace } = useSession();
  const remove = useSend(deleteSnippet, [listSnippets.id]);
  return (
    <ConfirmDialog
      title={`Delete “${snippet.name}”?`}
      verb="Delete"
      confirm={() => remove.mutateAsync({ params: { workspaceId: workspace.workspaceId, snippetId: snippet.id } })}
      onClose={onBack}
    >
      It is gone for everyone in this workspace. Posts that were written with it stay as they are.
    </ConfirmDialog>
  );
}

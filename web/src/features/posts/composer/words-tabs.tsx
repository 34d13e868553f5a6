import type { ReactElement } from 'react';

import { Button } from '../../../ui/button.tsx';
import { NetworkMark } from '../../../ui/network-mark.tsx';
import { Tabs } from '../../../ui/tabs.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { ContentEditor } from './content-editor.tsx';
import type { Destination } from './destinations.ts';
import { customise, withContent, type Draft, type EditContent } from './draft.ts';

export interface WordsTabsProps {
  readonly draft: Draft;
  readonly chosen: readonly Destination[];
  /** The account whose words are open; null: those for all. */
  readonly open: string | null;
  readonly onOpen: (accountId: string | null) => void;
  readonly onChange: (change: (draft: Draft) => Draft) => void;
}

const forAll = 'all';

/** The same text for all accounts, or words of its own for some: those carry a dot. */
export function WordsTabs({ draft, chosen, open, onOpen, onChange }: WordsTabsProps): ReactElement {
  const hasOwn = (accountId: string): boolean => draft.targets.some((target) => target.accountId === accountId && target.content !== null);
  const change = (accountId: string | null) => (edit: (content: EditContent) => EditContent): void => onChange((before) => {
    const current = accountId === null ? before.content : before.targets.find((target) => target.accountId === accountId)?.content;
    return current === undefined || current === null ? before : withContent(before, accountId, edit(current));
  });
  const sharing = chosen.filter(({ account }) => !hasOwn(account.id));
  const forAllEditor = <ContentEditor content={draft.content} destinations={sharing} onChange={change(null)} />;
  if (chosen.length < 2) return chosen[0] !== undefined && hasOwn(chosen[0].account.id) ? ownTab(chosen[0]) : forAllEditor;

  function ownTab({ account, ...rest }: Destination): ReactElement {
    const own = draft.targets.find((target) => target.accountId === account.id)?.content ?? null;
    const takeBack = (): void => {
      onChange((before) => customise(before, account.id, false));
      showToast(`@${account.handle} takes the text for all again`, own === null ? undefined : { label: 'Undo', run: () => onChange((before) => withContent(before, account.id, own)) });
    };
    const startOwn = (): void => {
      onChange((before) => customise(before, account.id, true));
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[data-text-start]')?.focus());
    };
    if (own === null) {
      return (
        <div className="flex flex-col items-start gap-3 rounded-control border border-dashed border-control px-4 py-5">
          <p className="text-muted">@{account.handle} publishes the text for all.</p>
          <Button onClick={startOwn}>Customise for {account.networkName}</Button>
        </div>
      );
    }
    return (
      <div className="flex flex-col gap-3">
        <ContentEditor content={own} destinations={[{ account, ...rest }]} onChange={change(account.id)} />
        <Button kind="ghost" size="small" className="self-start" onClick={takeBack}>Use the text for all again</Button>
      </div>
    );
  }

  return (
    <Tabs
      label="Whose words"
      value={open ?? forAll}
      onChange={(value) => onOpen(value === forAll ? null : value)}
      tabs={[
        { value: forAll, label: 'Text for all', content: forAllEditor },
        ...chosen.map((destination) => ({
          value: destination.account.id,
          label: (
            <span className="inline-flex items-center gap-1.5">
              <NetworkMark network={destination.account.network} size={12} />
              <span className="max-w-32 truncate">@{destination.account.handle}</span>
              {hasOwn(destination.account.id) && <span className="size-1.5 rounded-full bg-accent"><span className="sr-only">, has words of its own</span></span>}
            </span>
          ),
          content: ownTab(destination),
        })),
      ]}
    />
  );
}

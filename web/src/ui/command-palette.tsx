import { Command } from 'cmdk';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

import { Kbd } from './kbd.tsx';
import { rememberFocus } from './return-focus.ts';

export interface PaletteCommand {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly icon?: ReactNode;
  /** Shown at the right, as `useShortcut` takes them. */
  readonly keys?: string;
  readonly run: () => void;
}

/** Everything by typing: mounted to open. Loaded on the first ⌘K. */
export function CommandPalette({ commands, onClose }: { readonly commands: readonly PaletteCommand[]; readonly onClose: () => void }): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = element.current;
    const returnFocus = rememberFocus();
    dialog?.showModal();
    // The list around it takes focus too, so the browser would not choose the input by itself.
    dialog?.querySelector('input')?.focus();
    return () => {
      dialog?.close();
      returnFocus();
    };
  }, []);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a press beside it closes it; Esc does the same
    <dialog
      ref={element}
      aria-label="Commands"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === element.current) onClose();
      }}
      className="motion-rise mt-[12dvh] w-[calc(100%-2rem)] max-w-140 overflow-hidden rounded-card border border-line bg-raised p-0 text-ink shadow-float"
    >
      <Command label="Commands" loop>
        <Command.Input placeholder="Go to a page or do something" className="h-12 w-full border-b border-line bg-transparent px-4 text-input outline-none placeholder:text-faint" />
        <Command.List className="max-h-[50dvh] overflow-auto p-1.5">
          <Command.Empty className="px-3 py-8 text-center text-muted">Nothing by that name</Command.Empty>
          {groups.map((group) => (
            <Command.Group key={group} heading={group} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-axis [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint">
              {commands.filter((command) => command.group === group).map((command) => (
                <Command.Item
                  key={command.id}
                  value={`${command.label} ${command.id}`}
                  onSelect={() => {
                    onClose();
                    command.run();
                  }}
                  className="flex h-9 cursor-pointer items-center gap-2.5 rounded-small px-2.5 text-muted data-[selected=true]:bg-accent-soft data-[selected=true]:text-ink"
                >
                  {command.icon}
                  <span className="flex-1 truncate text-ink">{command.label}</span>
                  {command.keys !== undefined && <Kbd keys={command.keys} />}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </dialog>
  );
}

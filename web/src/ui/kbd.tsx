import { Fragment, type ReactElement } from 'react';

import { writeKeys } from '../platform/keyboard.ts';

/** The keys of a shortcut, as `useShortcut` takes them. */
export function Kbd({ keys }: { readonly keys: string }): ReactElement {
  return (
    <span className="inline-flex items-center gap-1">
      {writeKeys(keys).map((key, index) => (
        <Fragment key={`${key}${index}`}>
          <kbd className="inline-grid h-5 min-w-5 place-items-center rounded-small border border-line bg-sunken px-1 font-sans text-axis font-medium text-muted">{key}</kbd>
        </Fragment>
      ))}
    </span>
  );
}

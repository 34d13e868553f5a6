import { Check, Copy } from 'lucide-react';
import { useState, type ReactElement } from 'react';

const copiedMs = 2_000;

/** An id or link to copy. `label` says of what: "Request". */
export function CopyId({ label, value, isLong = false }: { readonly label: string; readonly value: string; readonly isLong?: boolean }): ReactElement {
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setIsCopied(true);
      setTimeout(() => setIsCopied(false), copiedMs);
    } catch {
      // Without https the clipboard is closed to pages; the text stays there to be selected by hand.
    }
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1.5 text-caption text-muted">
      {label}
      <code className={isLong ? 'min-w-0 break-all text-ink' : 'min-w-0 truncate text-ink'}>{value}</code>
      <button type="button" onClick={() => void copy()} aria-label={`Copy ${label.toLowerCase()}`} className="grid hit-24 place-items-center rounded-small hover:bg-hover hover:text-ink">
        <Icon size={14} aria-hidden="true" />
      </button>
      <span className="sr-only" role="status">{isCopied ? 'Copied' : ''}</span>
    </span>
  );
}

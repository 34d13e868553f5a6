import { CircleAlert } from 'lucide-react';
import { Component, type ReactElement, type ReactNode } from 'react';

import { ApiError } from '../platform/api-error.ts';
import { Button } from './button.tsx';
import { CopyId } from './copy-id.tsx';

export interface ErrorStateProps {
  readonly error: Error;
  readonly onRetry?: () => void;
  /** What could not be shown: "The members". */
  readonly what?: string;
}

/** A region that could not be shown: what happened, the way out, and the request id for whoever helps. */
export function ErrorState({ error, onRetry, what = 'This' }: ErrorStateProps): ReactElement {
  const isOurs = error instanceof ApiError;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      <CircleAlert size={20} className="text-danger" aria-hidden="true" />
      <p className="font-medium">{what} could not be loaded</p>
      <p className="max-w-[52ch] text-muted">{isOurs ? error.message : 'A part of this page stopped working. The rest of it still does.'}</p>
      {onRetry !== undefined && <Button className="mt-2" onClick={onRetry}>Try again</Button>}
      {isOurs && error.requestId !== null && <CopyId label="Request" value={error.requestId} />}
    </div>
  );
}

interface BoundaryProps {
  readonly children: ReactNode;
  readonly what?: string;
}

/** Keeps a fault inside one region: the rest of the screen goes on. */
export class Region extends Component<BoundaryProps, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    const retry = (): void => this.setState({ error: null });
    return <ErrorState error={this.state.error} onRetry={retry} {...(this.props.what === undefined ? {} : { what: this.props.what })} />;
  }
}

import { ArrowLeft } from 'lucide-react';
import { createContext, useContext, type ReactElement, type ReactNode } from 'react';

import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { Sheet } from '../../ui/sheet.tsx';

export interface PostFrameProps {
  readonly title: string;
  /** Over the calendar it was opened from; else a page of its own. */
  readonly isSheet: boolean;
  readonly size?: 'normal' | 'wide';
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}

const HeadingLevel = createContext<'h2' | 'h3'>('h2');

/** The title of a section: one level below that of the sheet or the page around it. */
export function SectionTitle({ children }: { readonly children: ReactNode }): ReactElement {
  const look = 'text-caption font-medium text-muted';
  return useContext(HeadingLevel) === 'h2' ? <h2 className={look}>{children}</h2> : <h3 className={look}>{children}</h3>;
}

/** What is around a post: a sheet over the calendar, or a page with the way to it. */
export function PostFrame({ title, isSheet, size = 'wide', onClose, children, footer }: PostFrameProps): ReactElement {
  if (isSheet) {
    return <Sheet title={title} size={size} onClose={onClose} footer={footer}><HeadingLevel value="h3">{children}</HeadingLevel></Sheet>;
  }
  return (
    <Page title={title} width={size === 'wide' ? 'normal' : 'narrow'} actions={<Button kind="ghost" onClick={onClose}><ArrowLeft size={16} aria-hidden="true" /> Calendar</Button>}>
      <div className="md:min-h-[calc(100dvh-13rem)]">{children}</div>
      {footer !== undefined && (
        <footer className="sticky bottom-0 z-10 -mx-4 border-t border-line bg-canvas px-4 py-3 max-md:bottom-[calc(3.5rem+env(safe-area-inset-bottom))] md:-mx-8 md:px-8">{footer}</footer>
      )}
    </Page>
  );
}

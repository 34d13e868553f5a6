import { useEffect, type ReactElement, type ReactNode } from 'react';

import { BrandMark } from '../../ui/brand-mark.tsx';
import { Colony } from './colony.tsx';

interface AuthFrameProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly lead?: ReactNode;
}

/** The frame of the screens before the app: words and form at the left, the rookery at the right. */
export function AuthFrame({ title, lead, children }: AuthFrameProps): ReactElement {
  useEffect(() => {
    document.title = `${title} · Rookery`;
  }, [title]);
  return (
    <div className="grid min-h-dvh lg:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <main className="flex flex-col px-6 py-8 sm:px-12">
        <p className="flex items-center gap-2.5 text-title font-semibold"><BrandMark size={28} /> Rookery</p>
        <div className="mx-auto my-auto flex w-full max-w-96 flex-col gap-6 py-10">
          <div>
            <h1 className="text-[1.75rem] leading-9 font-semibold tracking-tight text-balance">{title}</h1>
            {lead !== undefined && <p className="mt-2 text-muted">{lead}</p>}
          </div>
          {children}
        </div>
      </main>
      <Colony />
    </div>
  );
}

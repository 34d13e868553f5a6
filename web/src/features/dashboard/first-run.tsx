import { Link } from '@tanstack/react-router';
import { FileUp, Share2, UserPlus, type LucideIcon } from 'lucide-react';
import { lazy, Suspense, type ReactElement, type ReactNode } from 'react';

import { useCan, useSession } from '../../platform/session.ts';
import { buttonStyle } from '../../ui/button.tsx';

// Seldom seen: not part of the first download.
const DemoOffer = lazy(async () => ({ default: (await import('./demo-offer.tsx')).DemoOffer }));
const DemoProgress = lazy(async () => ({ default: (await import('./demo-progress.tsx')).DemoProgress }));

interface StepProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  /** Null where the role does not allow it: then it says who can. */
  readonly action: ReactNode;
}

function Step({ icon: Icon, title, children, action }: StepProps): ReactElement {
  return (
    <li className="flex min-w-0 flex-1 basis-64 flex-col items-start gap-2 p-5 max-sm:p-4">
      <span aria-hidden="true" className="mb-1 grid size-9 place-items-center rounded-control bg-accent-soft text-accent"><Icon size={18} /></span>
      <h3 className="font-semibold">{title}</h3>
      <p className="mb-2 text-muted">{children}</p>
      <div className="mt-auto">{action ?? <p className="text-caption text-faint">Ask an owner or admin to do this.</p>}</div>
    </li>
  );
}

/** The dashboard of an empty workspace: its real structure in faint ink, and three steps that fill it. */
export function FirstRun(): ReactElement {
  const canConnect = useCan('accounts:manage');
  const canImport = useCan('audience:import');
  const canInvite = useCan('members:manage');
  const { instance, workspace } = useSession();
  if (workspace.demo) return <Suspense fallback={null}><DemoProgress measuredAt={null} /></Suspense>;
  return (
    <>
      <section aria-labelledby="first-steps" className="overflow-hidden rounded-card border border-line bg-surface">
        <header className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-5 py-4 max-sm:px-4">
          <div>
            <h2 id="first-steps" className="text-display font-semibold">Three steps, then this page answers</h2>
            <p className="text-muted">Any of them first. Figures appear with the first sync or import.</p>
          </div>
        </header>
        <ol className="flex flex-wrap divide-line max-lg:divide-y lg:divide-x">
          <Step
            icon={Share2}
            title="Connect an account"
            action={canConnect && <Link to="/accounts/connect" className={buttonStyle({ kind: 'primary' })}>Connect an account</Link>}
          >
            You agree at the network itself. We never see your password, and ask only for what we list.
          </Step>
          <Step icon={FileUp} title="Import an export" action={canImport && <Link to="/import" className={buttonStyle()}>Import a file</Link>}>
            Networks that give no follower lists still let you download your data. Drop that file here.
          </Step>
          <Step icon={UserPlus} title="Invite someone" action={canInvite && <Link to="/team" className={buttonStyle()}>Invite someone</Link>}>
            Editors and analysts see what they need. You decide who may connect and who may only look.
          </Step>
        </ol>
      </section>
      {instance.simulatedNetworks && <Suspense fallback={null}><DemoOffer /></Suspense>}
      <Outline />
    </>
  );
}

/** The dashboard to come: boxes and words, no figures, because there are none yet. */
function Outline(): ReactElement {
  return (
    <section aria-label="What will be here" className="rounded-card border border-dashed border-line text-faint">
      <div className="flex flex-wrap border-b border-dashed border-line">
        {['Followers', 'Net change', 'Gained', 'Lost'].map((label) => (
          <div key={label} className="flex-1 basis-36 px-5 py-4">
            <p className="text-caption font-medium">{label}</p>
            <p aria-hidden="true" className="text-figure">–</p>
          </div>
        ))}
      </div>
      <svg viewBox="0 0 800 180" preserveAspectRatio="none" className="block h-44 w-full" aria-hidden="true">
        {[36, 84, 132].map((y) => <line key={y} x1="20" x2="780" y1={y} y2={y} className="stroke-line" vectorEffect="non-scaling-stroke" />)}
      </svg>
      <p className="px-5 pb-4 text-center text-caption">Your growth, day by day. Days that could not be measured stay empty: they are never drawn as zero.</p>
    </section>
  );
}

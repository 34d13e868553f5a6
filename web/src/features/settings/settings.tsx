import { getRouteApi, Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import type { ReactElement } from 'react';

import { buttonStyle } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { ApprovalSection } from './approval-section.tsx';
import { ProfileSection } from './profile-section.tsx';
import { SecuritySection } from './security-section.tsx';
import { WorkspaceSection } from './workspace-section.tsx';

const route = getRouteApi('/app/settings/$section');

const sections = [
  { id: 'workspace', label: 'Workspace', Content: WorkspaceSection },
  { id: 'profile', label: 'Profile', Content: ProfileSection },
  { id: 'security', label: 'Security', Content: SecuritySection },
] as const;

/** Sections of one column; a save button appears only when something changed. */
export function Settings(): ReactElement {
  const { section: id } = route.useParams();
  const section = sections.find((candidate) => candidate.id === id);
  return (
    <Page title={section === undefined ? 'Settings' : `${section.label} settings`} width="narrow">
      <nav aria-label="Settings" className="flex gap-5 overflow-x-auto border-b border-line">
        {sections.map(({ id: sectionId, label }) => (
          <Link
            key={sectionId}
            to="/settings/$section"
            params={{ section: sectionId }}
            className={clsx(
              '-mb-px flex h-9 items-center border-b-2 font-medium whitespace-nowrap transition-colors focus-visible:-outline-offset-2',
              sectionId === id ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
            )}
            aria-current={sectionId === id ? 'page' : undefined}
          >
            {label}
          </Link>
        ))}
      </nav>
      {section === undefined
        ? <Empty action={<Link to="/settings/$section" params={{ section: 'workspace' }} className={buttonStyle()}>Workspace settings</Link>}>There are no settings of that name.</Empty>
        : <section.Content />}
      {id === 'workspace' && <ApprovalSection />}
    </Page>
  );
}

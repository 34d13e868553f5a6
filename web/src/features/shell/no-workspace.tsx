import type { ReactElement } from 'react';

import { BrandMark } from '../../ui/brand-mark.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Toaster } from '../../ui/toast.tsx';
import { CreateWorkspaceForm } from './create-workspace.tsx';
import { endSession } from './user-menu.tsx';

/** Signed in, but a member of nothing: create a workspace, or wait for an invitation. */
export function NoWorkspace(): ReactElement {
  return (
    <main className="mx-auto flex min-h-dvh max-w-120 flex-col justify-center gap-6 px-4 py-12">
      <BrandMark size={36} />
      <div>
        <h1 className="text-display font-semibold">You are in no workspace yet</h1>
        <p className="mt-1 text-muted">Create one, or open the invitation link that someone sent you.</p>
      </div>
      <Card><CreateWorkspaceForm /></Card>
      <div className="flex flex-wrap gap-2">
        
        <Button kind="ghost" onClick={() => void endSession()}>Sign out</Button>
      </div>
      <Toaster />
    </main>
  );
}

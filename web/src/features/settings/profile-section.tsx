import { densities, themes, updateProfile, type User } from '@rookery/contract/auth.ts';
import type { BodyOf } from '@rookery/contract/endpoint.ts';
import { useState, type ReactElement, type ReactNode } from 'react';

import { ApiError } from '../../platform/api-error.ts';
import { call } from '../../platform/call.ts';
import { takeUser, useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { Form, SubmitButton, textOf } from '../../ui/form.tsx';
import { SegmentedControl } from '../../ui/segmented-control.tsx';
import { showProblem, showToast } from '../../ui/toast.tsx';
import { Switch } from '../../ui/toggle.tsx';

const themeLabels = { system: 'System', light: 'Light', dark: 'Dark' } as const;
const densityLabels = { comfortable: 'Comfortable', compact: 'Compact' } as const;

/** Shows a display choice at once; takes it back, with the reason, when the server refuses it. */
async function choose(user: User, change: BodyOf<typeof updateProfile>): Promise<void> {
  takeUser({ ...user, ...change });
  try {
    takeUser((await call(updateProfile, { body: change })).user);
  } catch (error) {
    takeUser(user);
    showProblem(error instanceof ApiError ? error.message : 'That was not saved. Try again.');
  }
}

function Choice({ label, help, children }: { readonly label: string; readonly help: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <span aria-hidden="true">
        <span className="block font-medium">{label}</span>
        <span className="block text-caption text-muted">{help}</span>
      </span>
      {children}
    </div>
  );
}

/** Your name, and how the app looks and listens for you. */
export function ProfileSection(): ReactElement {
  const { user } = useSession();
  const [isChanged, setIsChanged] = useState(false);
  const submit = async (data: FormData): Promise<void> => {
    takeUser((await call(updateProfile, { body: { name: textOf(data, 'name') } })).user);
    setIsChanged(false);
    showToast('Saved');
  };
  return (
    <>
      <Card title="You" hint={`Signed in as ${user.email}`}>
        <Form submit={submit} onInput={() => setIsChanged(true)}>
          <TextField label="Name" name="name" defaultValue={user.name} maxLength={80} autoComplete="name" required help="How your team sees you." />
          {isChanged && <div className="flex justify-end"><SubmitButton>Save</SubmitButton></div>}
        </Form>
      </Card>
      <Card title="Display" hint="Only for you, on every device.">
        <div className="flex flex-col gap-5">
          <Choice label="Theme" help="System follows your device.">
            <SegmentedControl label="Theme" value={user.theme} options={themes.map((value) => ({ value, label: themeLabels[value] }))} onChange={(theme) => void choose(user, { theme })} />
          </Choice>
          <Choice label="Density" help="Compact fits more rows; the text stays the same size.">
            <SegmentedControl label="Density" value={user.density} options={densities.map((value) => ({ value, label: densityLabels[value] }))} onChange={(density) => void choose(user, { density })} />
          </Choice>
          <Switch
            label="Single-letter shortcuts"
            help="Keys like G then D. Switch off if you use speech input. Press ? for the list."
            checked={user.singleKeyShortcuts}
            onChange={(event) => void choose(user, { singleKeyShortcuts: event.target.checked })}
          />
        </div>
      </Card>
    </>
  );
}

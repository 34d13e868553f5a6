import { changePassword } from '@rookery/contract/auth.ts';
import { useState, type ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { takeBootstrap, useSession } from '../../platform/session.ts';
import { Card } from '../../ui/card.tsx';
import { PasswordField } from '../../ui/field.tsx';
import { Form, rawTextOf, SubmitButton } from '../../ui/form.tsx';
import { showToast } from '../../ui/toast.tsx';

/** Your password. Why a new one is refused is said at the field, reason by reason. */
export function SecuritySection(): ReactElement {
  const { user } = useSession();
  const [round, setRound] = useState(0);
  const submit = async (data: FormData): Promise<void> => {
    const body = { currentPassword: rawTextOf(data, 'currentPassword'), newPassword: rawTextOf(data, 'newPassword') };
    takeBootstrap(await call(changePassword, { body }));
    setRound(round + 1);
    showToast('Password changed. Your other sessions have ended.');
  };
  return (
    <Card title="Change password" hint="All your other sessions end; this one goes on.">
      <Form key={round} submit={submit}>
        {/* Lets password managers know whose password this is. */}
        <input type="text" name="username" autoComplete="username" defaultValue={user.email} hidden readOnly />
        <PasswordField label="Current password" name="currentPassword" autoComplete="current-password" required />
        <PasswordField label="New password" name="newPassword" autoComplete="new-password" required help="Long beats complicated: a short sentence is a good one." />
        <div className="flex justify-end"><SubmitButton>Change password</SubmitButton></div>
      </Form>
    </Card>
  );
}

import { signIn } from '@rookery/contract/auth.ts';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Navigate, useRouter } from '@tanstack/react-router';
import type { ReactElement } from 'react';

import { call } from '../../platform/call.ts';
import { bootstrapQuery, takeBootstrap } from '../../platform/session.ts';
import { PasswordField, TextField } from '../../ui/field.tsx';
import { Form, rawTextOf, SubmitButton, textOf } from '../../ui/form.tsx';
import { AuthFrame } from './auth-frame.tsx';

const route = getRouteApi('/sign-in');

/** E-mail address and password; then back to where the person wanted to go. */
export function SignIn(): ReactElement {
  const { to = '/' } = route.useSearch();
  const { data } = useQuery(bootstrapQuery);
  const router = useRouter();
  if (data !== undefined && data.user !== null) return <Navigate to={to} replace />;
  const submit = async (form: FormData): Promise<void> => {
    takeBootstrap(await call(signIn, { body: { email: textOf(form, 'email'), password: rawTextOf(form, 'password') } }));
    router.history.replace(to);
  };
  const signUp = data?.instance.signUp;
  return (
    <AuthFrame title="Welcome back">
      <Form submit={submit}>
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has one purpose, and its heading names it */}
        <TextField label="E-mail address" name="email" type="email" autoComplete="username" inputMode="email" autoCapitalize="off" spellCheck={false} autoFocus required />
        <PasswordField label="Password" name="password" autoComplete="current-password" required />
        <SubmitButton size="touch">Sign in</SubmitButton>
      </Form>
      {signUp === 'open' && <p className="text-muted">New here? <a href="/welcome" className="font-medium text-accent underline">Create an account</a></p>}
      {signUp === 'invitation' && <p className="text-caption text-muted">New here? This server takes people by invitation. Ask a colleague for a link.</p>}
      {signUp === 'first' && <p className="text-caption text-muted">This server has no users yet. Open the set-up link that it printed when it started.</p>}
    </AuthFrame>
  );
}

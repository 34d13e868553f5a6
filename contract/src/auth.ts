import { endpoint } from './endpoint.ts';
import { roles } from './permissions.ts';
import { arrayOf, boolean, done, nullable, object, oneOf, optional, string, text, uuid, zone, type Static } from './schema.ts';

export const themes = ['system', 'light', 'dark'] as const;
export const densities = ['comfortable', 'compact'] as const;

export const userSchema = object({
  id: uuid(),
  email: string(),
  name: string(),
  theme: oneOf(themes),
  density: oneOf(densities),
  singleKeyShortcuts: boolean(),
});
export type User = Static<typeof userSchema>;

const membershipSchema = object({
  workspaceId: uuid(),
  name: string(),
  role: oneOf(roles),
  timeZone: string(),
  demo: boolean(),
  requiresApproval: boolean(),
});
export type Membership = Static<typeof membershipSchema>;

const bootstrapSchema = object({
  csrfToken: string(),
  user: nullable(userSchema),
  workspaces: arrayOf(membershipSchema),
  instance: object({
    version: string(),
    /** `first`: no user exists yet and the set-up link is needed; then `invitation` or `open`. */
    signUp: oneOf(['first', 'invitation', 'open']),
    simulatedNetworks: boolean(),
  }),
});
export type Bootstrap = Static<typeof bootstrapSchema>;

const email = (): ReturnType<typeof string> => string({ minLength: 3, maxLength: 254 });
/** Length is counted in code points by the password rules; this only bounds the hashing. */
const password = (): ReturnType<typeof string> => string({ minLength: 1, maxLength: 4096 });

export const getBootstrap = endpoint({
  id: 'getBootstrap', method: 'GET', path: '/api/bootstrap', access: 'public', secretReply: true,
  summary: 'All that a page needs to start: session, workspaces, CSRF token, instance',
  reply: bootstrapSchema,
});

export const getCsrf = endpoint({
  id: 'getCsrf', method: 'GET', path: '/api/csrf', access: 'public', secretReply: true,
  summary: 'A CSRF token bound to this session',
  reply: object({ token: string() }),
});

export const signUp = endpoint({
  id: 'signUp', method: 'POST', path: '/api/auth/sign-up', access: 'public', secretReply: true,
  summary: 'Create a user: the first with the set-up token, later ones by invitation, or freely where the operator allows it',
  rate: { name: 'auth:sign-up', max: 10, windowSeconds: 3600, guards: 'secret', by: 'address' },
  body: object({
    email: email(), name: text(80), password: password(),
    setupToken: optional(text(200)), invitationToken: optional(text(200)),
    /** Name of the first workspace; not needed when an invitation is accepted. */
    workspaceName: optional(text(80)), timeZone: optional(zone()),
  }),
  reply: bootstrapSchema,
});

export const signIn = endpoint({
  id: 'signIn', method: 'POST', path: '/api/auth/sign-in', access: 'public', secretReply: true,
  summary: 'Sign in with e-mail address and password',
  rate: {
    name: 'auth:sign-in', max: 25, windowSeconds: 300, guards: 'secret', by: 'address',
    guesses: {
      field: 'email',
      steps: [{ max: 5, windowSeconds: 300 }, { max: 15, windowSeconds: 3600 }, { max: 40, windowSeconds: 86_400 }],
    },
  },
  body: object({ email: email(), password: password() }),
  reply: bootstrapSchema,
});

export const signOut = endpoint({
  id: 'signOut', method: 'POST', path: '/api/auth/sign-out', access: 'user',
  summary: 'End this session', reply: done,
});

export const changePassword = endpoint({
  id: 'changePassword', method: 'POST', path: '/api/auth/password', access: 'user', secretReply: true,
  summary: 'Change the password; all other sessions end',
  rate: { name: 'auth:password', max: 10, windowSeconds: 3600, guards: 'secret' },
  body: object({ currentPassword: password(), newPassword: password() }),
  reply: bootstrapSchema,
});

export const updateProfile = endpoint({
  id: 'updateProfile', method: 'PATCH', path: '/api/auth/profile', access: 'user',
  summary: 'Change name and display preferences',
  body: object({
    name: optional(text(80)), theme: optional(oneOf(themes)), density: optional(oneOf(densities)),
    singleKeyShortcuts: optional(boolean()),
  }),
  reply: object({ user: userSchema }),
});

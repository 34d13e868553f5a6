import type { ChangeKind, Person } from '@rookery/contract/audience.ts';

/** What happened to a person, in one or two words. */
export const kindWords: Readonly<Record<ChangeKind, string>> = {
  gained: 'Came', returned: 'Came back', lost: 'Left', suspended: 'Suspended', deactivated: 'Deactivated',
};

/** What those words mean, in a sentence. */
export const kindMeanings: Readonly<Record<ChangeKind, string>> = {
  gained: 'Follows since then',
  returned: 'Had left before, and follows again',
  lost: 'Stopped following',
  suspended: 'The network suspended this account; they did not choose to leave',
  deactivated: 'The account was closed or hidden; they did not choose to leave',
};

/** A handle with one `@` before it; null where the network gave none. */
export function handleOf(person: Pick<Person, 'handle'>): string | null {
  return person.handle === null ? null : `@${person.handle.replace(/^@/, '')}`;
}

/** What to call a person: name, else handle, else that there is none. */
export function nameOf(person: Pick<Person, 'name' | 'handle'>): string {
  const name = person.name?.trim() ?? '';
  return name === '' ? (handleOf(person) ?? 'Without a name') : name;
}

/** The address of a person's profile, if it is one that a link may open. */
export function profileLinkOf(person: Pick<Person, 'profileUrl'>): string | null {
  return person.profileUrl !== null && /^https:\/\//i.test(person.profileUrl) ? person.profileUrl : null;
}

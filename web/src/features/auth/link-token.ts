/** A token that came in a link's fragment, which browsers never send to a server, so that it is in no log. */
export interface LinkToken {
  readonly kind: 'setup' | 'invite';
  readonly token: string;
}

/** Reads `#setup=TOKEN` or `#invite=TOKEN`, with or without the `#`; null for any other fragment. */
export function linkTokenIn(hash: string): LinkToken | null {
  const params = new URLSearchParams(hash.replace(/^#/, ''));
  const setup = params.get('setup');
  if (setup !== null && setup !== '') return { kind: 'setup', token: setup };
  const invite = params.get('invite');
  return invite !== null && invite !== '' ? { kind: 'invite', token: invite } : null;
}

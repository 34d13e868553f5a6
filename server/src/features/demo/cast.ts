/** Simulated accounts of a demo, by network and handle there: a small shop and the woman who runs it. */
export interface CastMember {
  readonly network: string;
  readonly handle: string;
}

/** Followers from a few hundred to a few thousand, so that every day of three months is soon read. */
export const cast: readonly CastMember[] = [
  { network: 'x', handle: 'heronandpine' },
  { network: 'instagram', handle: 'heronandpine' },
  { network: 'bluesky', handle: 'maraholt.bsky.social' },
  { network: 'mastodon', handle: 'mara_holt' },
];

export const workspaceName = 'Heron & Pine';
export const historyDays = 90;

const hourMs = 3600_000;
export const dayMs = 86_400_000;

/** When the history begins: in the morning (UTC), 90 days ago. */
export function startOfHistory(now: Date): Date {
  return new Date(Math.floor(now.getTime() / dayMs) * dayMs - historyDays * dayMs + 6 * hourMs);
}

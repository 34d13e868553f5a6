/** Where Redis is: one server, or the first nodes of a cluster. */
export interface RedisPlace {
  readonly isCluster: boolean;
  readonly nodes: readonly [URL, ...URL[]];
}

/** Reads `redis://` or `rediss://` addresses; several, or one with `?cluster=true`, are a cluster. Null: not readable. */
export function readRedisPlace(text: string): RedisPlace | null {
  const parts = text.split(',').map((part) => part.trim());
  const nodes = parts.flatMap((part) => (/^rediss?:\/\/[^/]/.test(part) && URL.canParse(part) ? [new URL(part)] : []));
  const [first, ...others] = nodes;
  if (first === undefined || nodes.length !== parts.length) return null;
  return { nodes: [first, ...others], isCluster: nodes.length > 1 || first.searchParams.get('cluster') === 'true' };
}

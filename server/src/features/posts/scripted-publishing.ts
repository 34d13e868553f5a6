import { ProviderError, type Finding, type Provider, type Publication, type PublishManifest, type PublishRequest } from '../../providers/provider.ts';
import type { Providers } from '../../providers/registry.ts';

/** A post as the scripted network has it. */
export interface ScriptedPost {
  readonly id: string;
  readonly key: string;
  readonly text: string;
  readonly replyTo: string | null;
  isDeleted: boolean;
}

/**
 * What happens to one send. `lose`: it is carried out and the answer is lost. `drop`: it is lost before it arrives. `vanish`: it is
 * carried out, and the process never hears of anything again. An error: the network's clear answer.
 */
export type Happening = 'answer' | 'lose' | 'drop' | 'vanish' | ProviderError;

/** A network that does with each send what the test says, and remembers what became public. */
export interface ScriptedNetwork {
  readonly posts: readonly ScriptedPost[];
  readonly provider: Provider;
  /** For the next sends, in order; then `answer`. */
  script(...happenings: readonly Happening[]): void;
  scriptLooks(...findings: readonly (Finding | ProviderError)[]): void;
  /** Runs after the last check and before the send arrives. */
  onSend: (() => Promise<void>) | null;
  /** Runs before the last check. */
  beforeCheck: (() => Promise<void>) | null;
  looks: number;
}

/** The network `base` with other publishing. */
export function scriptNetwork(base: Provider, change: Partial<PublishManifest>): ScriptedNetwork {
  const posts: ScriptedPost[] = [];
  let happenings: Happening[] = [];
  let findings: (Finding | ProviderError)[] = [];
  const publishing: PublishManifest = {
    policy: 'key', text: { unit: 'codepoints', lengthMax: 280, bytesMax: null, linkLength: null, hashtagsMax: null, mentionsMax: null },
    videos: null,
    images: { countMax: 4, isRequired: false, types: ['image/jpeg'], bytesMax: 1_000_000, ratioMin: null, ratioMax: null, altTextLengthMax: 1000 },
    threadPartsMax: 10, firstComment: false, deletes: true, refusesSameText: false, price: null, keyLifetimeSeconds: null,
    visibilityDelaySeconds: 0, timeoutSeconds: 10, budgets: [], ...change,
  };
  const asPublication = (post: ScriptedPost): Publication => ({ externalId: post.id, url: `https://network.example/${post.id}`, ref: { id: post.id } });
  const act = (request: PublishRequest): ScriptedPost => {
    const known = publishing.policy === 'key' ? posts.find(({ key }) => key === request.key) : undefined;
    if (known !== undefined) return known;
    const post = { id: `p${posts.length + 1}`, key: request.key, text: request.text, replyTo: request.replyTo?.parent.externalId ?? null, isDeleted: false };
    posts.push(post);
    return post;
  };
  const network: ScriptedNetwork = {
    posts, onSend: null, beforeCheck: null, looks: 0,
    script: (...next) => void (happenings = [...next]),
    scriptLooks: (...next) => void (findings = [...next]),
    provider: {
      ...base,
      manifest: { ...base.manifest, publishing, capabilities: [...new Set([...base.manifest.capabilities, 'publish', 'delete-post'] as const)] },
      publish: async (_call, request, progress) => {
        await network.beforeCheck?.();
        await progress.beforeSend();
        await network.onSend?.();
        const happening = happenings.shift() ?? 'answer';
        if (happening instanceof ProviderError) throw happening;
        if (happening === 'drop') throw new ProviderError('unknownOutcome', 'The connection was cut.');
        const post = act(request);
        if (happening === 'vanish') return new Promise(() => undefined);
        if (happening === 'lose') throw new ProviderError('unknownOutcome', 'The connection was cut.');
        return asPublication(post);
      },
      checkPublication: async (_call, request) => {
        network.looks += 1;
        const next = findings.shift();
        if (next instanceof ProviderError) throw next;
        if (next !== undefined) return next;
        const post = posts.find(({ key, isDeleted }) => key === request.key && !isDeleted);
        return post === undefined ? { state: 'absent' } : { state: 'published', publication: asPublication(post) };
      },
      deletePublication: async (_call, publication) => {
        const post = posts.find(({ id }) => id === publication.externalId);
        if (post !== undefined) post.isDeleted = true;
      },
    },
  };
  return network;
}

/** The registry with this one in its place. */
export function withProvider(providers: Providers, provider: Provider): Providers {
  const put = (one: Provider): Provider => (one.manifest.id === provider.manifest.id ? provider : one);
  return {
    list: () => providers.list().map(put),
    get: (id) => (id === provider.manifest.id ? provider : providers.get(id)),
  };
}

import { createHash } from 'node:crypto';
import type { SimulatedAccount, SimulatedPerson } from '../simulation/world.ts';
import { reservedPerUrl } from './simulator-html.ts';

export const charactersMax = 500;
export const attachmentsMax = 4;
export const videoBytesMax = 103_809_024;
export const imageBytesMax = 16_777_216;

const dayMs = 86_400_000;
/** One person in this many carries `moved`: they still exist, and still follow until they undo it. */
const movedEvery = 61;

/** What an entity is made of, whoever it shows. */
export interface EntitySource {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly isSuspended: boolean;
  readonly isVerified: boolean;
  readonly followers: number;
  readonly following: number;
  readonly posts: number;
}

/** Number from 0 to 2^32 - 1 that stays the same for the same text. */
export function hashNumber(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

function sourceOfPerson(person: SimulatedPerson): EntitySource {
  const number = hashNumber(person.id);
  return {
    id: person.id,
    handle: person.handle,
    name: person.name,
    isSuspended: person.state === 'suspended',
    isVerified: person.verified,
    followers: person.followers,
    following: number % 900,
    posts: number % 4000,
  };
}

export function sourceOfAccount(account: SimulatedAccount, followers: number): EntitySource {
  const { id, handle, name, following, posts } = account;
  return { id, handle, name, isSuspended: false, isVerified: true, followers, following, posts };
}

interface Addresses {
  readonly username: string;
  readonly acct: string;
  readonly url: string;
  readonly uri: string;
  readonly host: string;
}

/** People of this server have a bare handle, people of other servers `name@domain`. */
function addressesOf(handle: string, origin: string): Addresses {
  const [username = handle, domain] = handle.split('@');
  const host = domain === undefined ? origin : `https://${domain}`;
  return { username, acct: handle, url: `${host}/@${username}`, uri: `${host}/users/${username}`, host };
}

function fieldsOf(source: EntitySource, addresses: Addresses, createdAt: string): readonly object[] {
  if (source.isSuspended || !source.isVerified) return [];
  const site = `https://${addresses.username}.example/`;
  const value = `<a href="${site}" target="_blank" rel="nofollow noopener me" translate="no">${addresses.username}.example</a>`;
  return [{ name: 'Website', value, verified_at: createdAt.replace('Z', '+00:00') }];
}

function createdAtOf(id: string): string {
  const day = Math.floor(Date.UTC(2017, 0, 1) / dayMs) + (hashNumber(`${id}:created`) % 2800);
  return new Date(day * dayMs).toISOString();
}

/**
 * REST::Account as Mastodon 4.3 sends it: numbers as ids in strings, times at midnight, a suspended account blanked
 * (app/serializers/rest/account_serializer.rb, read 2026-11-24).
 */
export function renderAccount(source: EntitySource, origin: string): Record<string, unknown> {
  const addresses = addressesOf(source.handle, origin);
  const createdAt = createdAtOf(source.id);
  const avatar = source.isSuspended ? `${origin}/avatars/original/missing.png` : `${origin}/system/accounts/avatars/${source.id}.png`;
  const header = `${origin}/headers/original/missing.png`;
  return {
    id: source.id,
    username: addresses.username,
    acct: addresses.acct,
    display_name: source.isSuspended ? '' : source.name,
    locked: false,
    bot: !source.isSuspended && hashNumber(`${source.id}:bot`) % 40 === 0,
    discoverable: !source.isSuspended,
    indexable: false,
    group: false,
    created_at: createdAt,
    note: source.isSuspended ? '' : `<p>${source.name.replaceAll(/[<>&]/g, '')}</p>`,
    url: addresses.url,
    uri: addresses.uri,
    avatar,
    avatar_static: avatar,
    header,
    header_static: header,
    followers_count: source.followers,
    following_count: source.following,
    statuses_count: source.posts,
    last_status_at: source.posts === 0 ? null : createdAt.slice(0, 10),
    hide_collections: false,
    ...(addresses.host === origin ? { noindex: false, roles: [] } : {}),
    ...(source.isSuspended ? { suspended: true } : {}),
    emojis: [],
    fields: fieldsOf(source, addresses, createdAt),
  };
}

/** Did this person move? A moved account stays readable and points to the new one. */
function isMoved(personId: string): boolean {
  return hashNumber(`${personId}:moved`) % movedEvery === 0;
}

/** The account as others see it, with `moved` where it has moved. */
export function renderPerson(person: SimulatedPerson, origin: string): Record<string, unknown> {
  const source = sourceOfPerson(person);
  const entity = renderAccount(source, origin);
  if (source.isSuspended || !isMoved(person.id)) return entity;
  const username = String(entity['username']);
  const target = { ...source, id: String(BigInt(source.id) + 1n), handle: `${username}@newhome.example` };
  return { ...entity, moved: renderAccount(target, origin) };
}

/** REST::CredentialAccount: the account as its owner sees it. */
export function renderCredentialAccount(source: EntitySource, origin: string): Record<string, unknown> {
  return {
    ...renderAccount(source, origin),
    source: {
      privacy: 'public',
      sensitive: false,
      language: 'en',
      note: source.name,
      fields: [],
      follow_requests_count: 0,
      hide_collections: false,
      discoverable: true,
      indexable: false,
      attribution_domains: [],
    },
    role: { id: '-99', name: '', permissions: '65536', color: '', highlighted: false },
  };
}

/** GET /api/v2/instance: what clients read before they post. */
export function renderInstance(origin: string, textLengthMax: number | null): Record<string, unknown> {
  return {
    domain: new URL(origin).host,
    title: 'Simulated Mastodon',
    version: '4.3.8',
    source_url: 'https://github.com/mastodon/mastodon',
    description: 'A server that exists on this machine only.',
    usage: { users: { active_month: 2 } },
    thumbnail: { url: `${origin}/packs/media/images/preview.png` },
    icon: [],
    languages: ['en'],
    configuration: {
      urls: { streaming: origin.replace('http', 'ws'), status: null },
      vapid: { public_key: 'BCk-QqERU0q-CfYZjcuB6lnyyOYfJ2AifKqfeGIm7Z-HiTU5T9eTG5GxVA0_OH5mMlI4UkkDTpaZwozy0TzdZ2M=' },
      accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
      statuses: {
        max_characters: textLengthMax ?? charactersMax,
        max_media_attachments: attachmentsMax,
        characters_reserved_per_url: reservedPerUrl,
      },
      media_attachments: {
        supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4'],
        image_size_limit: imageBytesMax,
        image_matrix_limit: 33_177_600,
        video_size_limit: videoBytesMax,
        video_frame_rate_limit: 120,
        video_matrix_limit: 8_294_400,
      },
      polls: { max_options: 4, max_characters_per_option: 50, min_expiration: 300, max_expiration: 2_629_746 },
      translation: { enabled: false },
      limited_federation: false,
    },
    registrations: { enabled: false, approval_required: false, message: null, url: null },
    api_versions: { mastodon: 2 },
    contact: { email: '', account: null },
    rules: [],
  };
}

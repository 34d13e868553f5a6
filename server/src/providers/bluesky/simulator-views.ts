import { createHash } from 'node:crypto';
import type { SimulatedAccount, SimulatedPerson } from '../simulation/world.ts';

const dayMs = 86_400_000;
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';
const didContexts = [
  'https://www.w3.org/ns/did/v1',
  'https://w3id.org/security/multikey/v1',
  'https://w3id.org/security/suites/secp256k1-2019/v1',
];
const didKey = 'zQ3shQo6TF2moaqMTrUZEM1jeuYRQXeHEx4evX9751y2qPqRA';
const verifierDid = 'did:plc:z72i7hdynmk6r22z27h6tvur';

/** An actor with the figures of its profile. */
export interface Actor {
  readonly did: string;
  readonly handle: string;
  readonly name: string;
  readonly isVerified: boolean;
  readonly followers: number;
  readonly following: number;
  readonly posts: number;
}

export type JsonRecord = Record<string, unknown>;

function hashNumber(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** A did:plc in its own form: 24 characters of lower-case base32 from a hash. */
export function mintDid(seedText: string): string {
  const bytes = createHash('sha256').update(seedText).digest();
  let text = '';
  for (const byte of bytes.subarray(0, 24)) text += base32.charAt(byte % base32.length);
  return `did:plc:${text}`;
}

export function actorOfPerson(person: SimulatedPerson): Actor {
  const number = hashNumber(person.id);
  const { id, handle, name, verified, followers } = person;
  return { did: id, handle, name, isVerified: verified, followers, following: number % 1200, posts: number % 5000 };
}

export function actorOfAccount(account: SimulatedAccount, followers: number): Actor {
  const { id, handle, name, following, posts } = account;
  return { did: id, handle, name, isVerified: false, followers, following, posts };
}

function createdAtOf(did: string): string {
  return new Date(Date.UTC(2023, 3, 1) + (hashNumber(`${did}:created`) % 900) * dayMs + (hashNumber(did) % dayMs)).toISOString();
}

function renderVerification(actor: Actor): JsonRecord {
  if (!actor.isVerified) return {};
  const issued = createdAtOf(actor.did);
  const uri = `at://${verifierDid}/app.bsky.graph.verification/3lndpzkn3hc2n`;
  return {
    verification: {
      verifications: [{ issuer: verifierDid, uri, isValid: true, createdAt: issued }],
      verifiedStatus: 'valid',
      trustedVerifierStatus: 'none',
    },
  };
}

/** app.bsky.actor.defs#profileView, as it stands in lists: no counts. An empty display name is left out. */
export function renderProfileView(actor: Actor): JsonRecord {
  const createdAt = createdAtOf(actor.did);
  return {
    did: actor.did,
    handle: actor.handle,
    ...(actor.name === '' ? {} : { displayName: actor.name }),
    avatar: `https://cdn.bsky.app/img/avatar/plain/${actor.did}/bafkreid${'a'.repeat(51)}@jpeg`,
    associated: { activitySubscription: { allowSubscriptions: 'followers' } },
    viewer: { muted: false, blockedBy: false },
    labels: [],
    createdAt,
    description: '',
    indexedAt: createdAt,
    ...renderVerification(actor),
  };
}

/** app.bsky.actor.defs#profileViewDetailed. */
export function renderDetailedProfile(actor: Actor): JsonRecord {
  return {
    ...renderProfileView(actor),
    followersCount: actor.followers,
    followsCount: actor.following,
    postsCount: actor.posts,
  };
}

/** The DID document as plc.directory gives it, with this simulator as the person's data server. */
export function renderDidDocument(did: string, handle: string, origin: string): JsonRecord {
  return {
    '@context': didContexts,
    id: did,
    alsoKnownAs: [`at://${handle}`],
    verificationMethod: [{ id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: didKey }],
    service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: origin }],
  };
}

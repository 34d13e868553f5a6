import { randomUUID } from 'node:crypto';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { RawRequest } from '../platform/http/testing.ts';
import { simulatorAppPassword } from './audience-fixture.ts';
import { isPart } from '../platform/http/validation.ts';
import { postFile } from './posts-fixture.ts';
import { fieldsOf, hasRequired, partAt, partHolding, plain, sample, type Field, type IdSource, type Part } from './schema-fixture.ts';
import { seriesBody } from './series-fixture.ts';
import { password } from './team-fixture.ts';
import type { Tenant } from './tenant-fixture.ts';
import type { Visitor } from './visitor-fixture.ts';

/** What one call carries, before it is put into a path, a query and a body. */
export interface Call {
  readonly params: Part;
  readonly query: Part;
  /** Undefined for none; bytes go as an octet stream. */
  readonly body: unknown;
  /** For further members that take an id. */
  readonly idOf: IdSource;
}

interface Recipe extends Partial<Omit<Call, 'idOf'>> {
  /** Who calls; the owner unless told otherwise. */
  readonly as?: Visitor;
}

/** What the schema alone does not say of a call that works. An endpoint that needs no such word is not named here. */
const recipes: Readonly<Record<string, (tenant: Tenant, stranger: Visitor) => Recipe>> = {
  signUp: (_tenant, stranger) => ({ as: stranger }),
  signIn: (tenant, stranger) => ({ as: stranger, body: { email: tenant.ownerEmail, password } }),
  changePassword: (tenant) => ({ as: tenant.passer, body: { currentPassword: password, newPassword: 'amber kettle sings at noon' } }),
  updateMember: () => ({ body: { role: 'editor' } }),
  // A role that admins may give too.
  createInvitation: () => ({ body: { email: `${randomUUID()}@example.org`, role: 'editor' } }),
  readInvitation: (tenant) => ({ body: { token: tenant.invitationToken } }),
  acceptInvitation: (tenant) => ({ as: tenant.passer, body: { token: tenant.passerToken } }),
  // Asking has made the second version, and nobody plans ten years ahead.
  askApproval: () => ({ body: { version: 1, when: { kind: 'at', wallTime: `${new Date().getFullYear() + 1}-06-05T09:00`, zone: 'UTC' } } }),
  approvePost: () => ({ body: { version: 2 } }),
  askChanges: () => ({ body: { version: 2, note: 'Words of a walker' } }),
  uploadMedia: (tenant) => ({ body: tenant.picture }),
  getPublicMedia: (tenant) => ({ params: { token: tenant.publicToken } }),
  readReview: (tenant) => ({ body: { token: tenant.reviews.reviewToken } }),
  readReviewImage: (tenant) => ({ body: { token: tenant.reviews.reviewToken, key: tenant.reviews.imageKey } }),
  answerReview: (tenant) => ({ body: { token: tenant.reviews.reviewToken, kind: 'comment', name: 'A walker', text: 'Words of a walker' } }),
  checkPostImport: (tenant) => ({ body: postFile(tenant.mark) }),
  importPosts: (tenant) => ({ body: postFile(tenant.mark) }),
  readCalendarFeed: (tenant) => ({ params: { token: tenant.feedToken } }),
  createSnippet: () => ({ body: { kind: 'template', name: randomUUID(), text: 'Words of a walker' } }),
  updateSnippet: () => ({ body: { version: 1, name: randomUUID(), text: 'Words of a walker' } }),
  createSeries: (tenant) => ({ body: seriesBody(`${tenant.mark} again`, tenant.ids['accountId'] ?? '') }),
  // The pause before it was a change.
  resumeSeries: () => ({ body: { version: 2 } }),
  // Ends the passer's session, so that nobody else's does.
  signOut: (tenant) => ({ as: tenant.passer }),
  startConnect: () => ({ body: { network: 'x' } }),
  connectWithPassword: (tenant) => ({ body: { network: 'bluesky', handle: tenant.handles.bluesky, password: simulatorAppPassword } }),
};

/** Endpoints that a recipe is written for. */
export const namedInRecipes: readonly string[] = Object.keys(recipes);

/** A call that works: from the schemas, and a recipe where they do not tell enough. Throws when it cannot make one. */
export function makeCall(endpoint: Endpoint, tenant: Tenant, stranger: Visitor): Call & { readonly as: Visitor } {
  const recipe = recipes[endpoint.id]?.(tenant, stranger) ?? {};
  const idOf = (name: string): string => idIn(tenant, endpoint, name);
  const make = (schema: Endpoint['body']): Part => asPart(sample({ type: 'object', ...plain(schema) }, '', idOf));
  const made = endpoint.bodyKind === 'stream' ? Buffer.from('a file') : endpoint.body === undefined ? undefined : make(endpoint.body);
  return { as: recipe.as ?? tenant.people.owner, params: recipe.params ?? make(endpoint.params), query: recipe.query ?? make(endpoint.query), body: recipe.body ?? made, idOf };
}

/** A tenant's id for a field of this endpoint; throws where the stage has none, so that no new kind of id goes unwalked. */
export function idIn(tenant: Tenant, endpoint: Endpoint, name: string): string {
  const id = tenant.idsOf[endpoint.id]?.[name] ?? tenant.ids[name];
  if (id === undefined) throw new Error(`The stage has no "${name}" for ${endpoint.id}: fill one in walker/tenant-fixture.ts.`);
  return id;
}

// Guarantee: called on what `sample` makes of an object schema.
function asPart(value: unknown): Part {
  return value as Part;
}

/** The call as it goes over the wire. */
export function toRequest(endpoint: Endpoint, { params, query, body }: Omit<Call, 'idOf'>): RawRequest {
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_match, name: string) => encodeURIComponent(String(params[name])));
  const search = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&');
  const target = { method: endpoint.method, path: search === '' ? path : `${path}?${search}` };
  if (body === undefined) return target;
  return Buffer.isBuffer(body) ? withBody(target, 'application/octet-stream', body) : withBody(target, 'application/json', JSON.stringify(body));
}

/** The request with a body. Its length is stated: Node would send that of a DELETE or GET without a word, as a request of its own. */
export function withBody(request: RawRequest, type: string, body: string | Buffer): RawRequest {
  return { ...request, headers: { 'content-type': type, 'content-length': Buffer.byteLength(body), ...request.headers }, body };
}

type Where = 'params' | 'query' | 'body';

/** One member of a call that a value can be put into. */
export interface Place extends Field {
  readonly where: Where;
  /** Schema of the whole that it is in. */
  readonly root: Part;
}

/** Every member of params, query and JSON body that the contract names. */
export function placesOf(endpoint: Endpoint): Place[] {
  return (['params', 'query', 'body'] as const).flatMap((where) => {
    const root = plain(endpoint[where]);
    return fieldsOf(root).map((field) => ({ ...field, where, root }));
  });
}

/** The call with another value at a place; what is missing on the way there is made as the schema wants it. */
export function withValue<C extends Call>(call: C, place: Pick<Place, 'where' | 'path' | 'root'>, value: unknown): C {
  return { ...call, [place.where]: put({ part: place.root, idOf: call.idOf, value }, call[place.where], place.path) };
}

interface Putting {
  readonly part: Part;
  readonly idOf: IdSource;
  readonly value: unknown;
}

function put(putting: Putting, holder: unknown, [step, ...rest]: Place['path']): unknown {
  if (step === undefined) return putting.value;
  const part = partHolding(putting.part, step);
  const inside = { ...putting, part: partAt(part, step) };
  if (typeof step === 'number') {
    const list: readonly unknown[] = Array.isArray(holder) && holder.length > step ? holder : [sample(inside.part, '', putting.idOf)];
    return list.with(step, put(inside, list[step], rest));
  }
  const members = isPart(holder) && hasRequired(part, holder) ? holder : asPart(sample({ ...part, type: 'object' }, '', putting.idOf));
  return { ...members, [step]: put(inside, members[step], rest) };
}

import { boolean, integer, nullable, object, string, type Static } from '@rookery/contract/schema.ts';
import type { Clock } from '../../platform/clock.ts';
import { openKeptMap, type KeptMap } from '../simulation/kept-map.ts';
import type { SimulatedRoute } from '../simulation/listen.ts';
import { jsonReply, type SimulatedReply } from '../simulation/request.ts';
import { imageBytesMax, videoBytesMax } from './simulator-entities.ts';
import { guard, notFound, refuseInput, type Answer as AnswerOf, type ApiParts } from './simulator-guard.ts';
import { readParams } from './simulator-params.ts';

const mediaSchema = object({
  accountId: string(),
  type: string(),
  bytes: integer(),
  description: nullable(string()),
  focus: nullable(string()),
  isReady: boolean(),
  /** The status that carries it; null while it waits for one. */
  statusId: nullable(string()),
});

export type Attachment = Static<typeof mediaSchema>;

export interface MediaParts extends ApiParts {
  readonly clock: Clock;
  readonly attachments: KeptMap<Attachment>;
}

const descriptionLengthMax = 1500;
const heads: readonly (readonly [string, RegExp])[] = [
  ['image/jpeg', /^ffd8ff/], ['image/png', /^89504e470d0a1a0a/], ['image/gif', /^47494638/], ['image/webp', /^52494646.{8}57454250/],
  ['video/mp4', /^.{8}66747970/],
];

export function openAttachments(stateFile: string | null): KeptMap<Attachment> {
  return openKeptMap(stateFile, 'mastodon-media', mediaSchema);
}

export function renderAttachment(id: string, attachment: Attachment, origin: string): Record<string, unknown> {
  const file = (kind: string): string => `${origin}/system/media_attachments/files/${id}/${kind}/picture`;
  return {
    id,
    type: attachment.type === 'video/mp4' ? 'video' : 'image',
    url: attachment.isReady ? file('original') : null,
    preview_url: attachment.isReady ? file('small') : null,
    remote_url: null,
    preview_remote_url: null,
    text_url: null,
    meta: attachment.isReady ? { original: { width: 1200, height: 800, size: '1200x800', aspect: 1.5 } } : {},
    description: attachment.description,
    blurhash: attachment.isReady ? 'UBL_:rOpGG-oBUNG,qRj2so|=eE1w^n4S5NH' : null,
  };
}

type Answer = AnswerOf<MediaParts>;

const upload: Answer = async (parts, { request, token }) => {
  const { fields, files } = await readParams(request);
  const file = files.get('file');
  const description = fields.get('description');
  if (file === undefined || file.bytes.length === 0) return refuseInput("Validation failed: File can't be blank");
  const head = file.bytes.subarray(0, 16).toString('hex');
  const type = heads.find(([, pattern]) => pattern.test(head))?.[0];
  const isVideo = type === 'video/mp4';
  if (file.bytes.length > (isVideo ? videoBytesMax : imageBytesMax)) return refuseInput(`Validation failed: File file size must be less than ${isVideo ? 99 : 16} MB`);
  if (type === undefined) return refuseInput('Validation failed: File content type is invalid, File is invalid');
  if (isTooLong(description)) return refuseInput(tooLong);
  const serial = parts.attachments.entries().length % 65_536;
  const id = String((BigInt(parts.clock.now().getTime()) << 16n) + BigInt(serial));
  const attachment = {
    accountId: token?.accountId ?? '', type, bytes: file.bytes.length, description, focus: fields.get('focus'), isReady: false,
    statusId: null,
  };
  parts.attachments.set(id, attachment);
  return jsonReply(202, renderAttachment(id, attachment, request.origin));
};

const tooLong = `Validation failed: Description is too long (maximum is ${descriptionLengthMax} characters)`;

function isTooLong(description: string | null): boolean {
  return [...(description ?? '')].length > descriptionLengthMax;
}

/** Only the owner's, and only while no status carries it: where Mastodon looks. */
function findWaiting(parts: MediaParts, id: string, accountId: string | null | undefined): Attachment | null {
  const found = parts.attachments.get(id);
  return found !== null && found.accountId === accountId && found.statusId === null ? found : null;
}

/** The first look finds it still in the works; it is ready at the next, whatever the clock says. */
const show: Answer = (parts, { request, token }) => {
  const id = request.params['id'] ?? '';
  const found = findWaiting(parts, id, token?.accountId);
  if (found === null) return notFound();
  if (found.type === 'video/mp4' && !found.isReady && parts.faults.videos !== 'ready') {
    if (parts.faults.videos === 'failed') return jsonReply(422, { error: 'Error processing thumbnail for uploaded media' });
    return jsonReply(206, renderAttachment(id, found, request.origin));
  }
  if (!found.isReady) parts.attachments.set(id, { ...found, isReady: true });
  return jsonReply(found.isReady ? 200 : 206, renderAttachment(id, found, request.origin));
};

const describe: Answer = async (parts, { request, token }): Promise<SimulatedReply> => {
  const id = request.params['id'] ?? '';
  const found = findWaiting(parts, id, token?.accountId);
  if (found === null) return notFound();
  const { fields } = await readParams(request);
  const description = fields.get('description') ?? found.description;
  if (isTooLong(description)) return refuseInput(tooLong);
  const changed = { ...found, description, focus: fields.get('focus') ?? found.focus };
  parts.attachments.set(id, changed);
  return jsonReply(found.isReady ? 200 : 206, renderAttachment(id, changed, request.origin));
};

/** Uploads, which wait for a status. */
export function mediaRoutes(parts: MediaParts): readonly SimulatedRoute[] {
  const rule = { scopes: ['write', 'write:media'], needsPerson: true };
  return [
    { name: 'media.upload', method: 'POST', path: '/api/v2/media', handle: guard(parts, rule, upload) },
    { name: 'media.show', method: 'GET', path: '/api/v1/media/:id', handle: guard(parts, rule, show) },
    { name: 'media.describe', method: 'PUT', path: '/api/v1/media/:id', handle: guard(parts, rule, describe) },
  ];
}

import type { Media } from '@rookery/contract/media.ts';
import type { VideoFacts } from '@rookery/contract/video-rules.ts';
import { statement } from '../../platform/db/statement.ts';
import type { ImageForm } from '../../platform/images/small-forms.ts';

export interface MediaRow {
  readonly id: string;
  readonly name: string;
  readonly type: Media['type'];
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly has_alpha: boolean;
  readonly is_animated: boolean;
  readonly alt_text: string;
  readonly placeholder: string;
  readonly stored_as: string;
  readonly created_at: Date;
  readonly missing_at: Date | null;
  /** These four are of videos. */
  readonly duration_ms: number | null;
  readonly frame_rate: number | null;
  readonly video_codec: VideoFacts['codec'] | null;
  readonly audio_codec: VideoFacts['audio'] | null;
}

export interface FormRow {
  readonly type: ImageForm['type'];
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly stored_as: string;
}

const columns = 'id, name, type, bytes, width, height, has_alpha, is_animated, alt_text, placeholder, stored_as, created_at, missing_at, '
  + 'duration_ms, frame_rate, video_codec, audio_codec';

export const insertMedia = statement(
  'media.insert',
  `insert into media (workspace_id, id, name, type, bytes, width, height, has_alpha, is_animated, alt_text, placeholder, stored_as, created_by, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
);

export const insertVideo = statement(
  'media.insert-video',
  `insert into media (workspace_id, id, name, type, bytes, width, height, has_alpha, is_animated, alt_text, placeholder, stored_as, created_by, created_at,
     duration_ms, frame_rate, video_codec, audio_codec)
   values ($1, $2, $3, $4, $5, $6, $7, false, false, $8, '', $9, $10, $11, $12, $13, $14, $15)`,
);

export const findMediaRow = statement<MediaRow>('media.find', `select ${columns} from media where workspace_id = $1 and id = $2`);

export const lockMedia = statement<MediaRow>('media.lock', `select ${columns} from media where workspace_id = $1 and id = $2 for update`);

/** Whoever writes a post with them holds them until it is there, so that nobody deletes one in between. */
export const holdMediaByIds = statement<MediaRow>('media.hold-by-ids', `select ${columns} from media where workspace_id = $1 and id = any ($2) order by id for key share`);

export const listMediaByIds = statement<MediaRow>('media.list-by-ids', `select ${columns} from media where workspace_id = $1 and id = any ($2)`);

/** Newest first; ids grow with time. */
export const listMediaRows = statement<MediaRow>(
  'media.list',
  `select ${columns} from media
   where workspace_id = $1 and ($2::uuid is null or id < $2) and ($3::text is null or position(lower($3) in lower(name || ' ' || alt_text)) > 0)
   order by id desc limit $4`,
);

export const updateAltText = statement('media.update-alt-text', 'update media set alt_text = $3 where workspace_id = $1 and id = $2');

export const deleteMediaRow = statement('media.delete', 'delete from media where workspace_id = $1 and id = $2');

export const sumBytes = statement<{ bytes: number }>(
  'media.sum-bytes', 'select coalesce(sum(bytes), 0)::int8 as bytes from media where workspace_id = $1',
);

/** Posts that have not gone out and show the image: how many, and how one of them begins. */
export const countWaitingPosts = statement<{ n: number; words: string | null }>(
  'media.count-waiting-posts',
  `select count(distinct p.id)::int as n, min(left(p.content #>> '{parts,0,text}', 120)) as words
   from post p left join post_target t on t.workspace_id = p.workspace_id and t.post_id = p.id
   where p.workspace_id = $1 and (t.id is null or t.state in ('draft', 'scheduled', 'sending', 'unknown', 'review'))
     and (position($2::text in p.content::text) > 0 or position($2::text in coalesce(t.content::text, '')) > 0)`,
);

/** Series that go on, or are paused, and show the image, also in the words of one account. */
export const listUsingSeries = statement<{ id: string; words: string; is_paused: boolean }>(
  'media.list-using-series',
  `select s.id, left(s.content #>> '{parts,0,text}', 120) as words, s.state = 'paused' as is_paused from post_series s
   where s.workspace_id = $1 and s.state <> 'ended' and (position($2::text in s.content::text) > 0 or position($2::text in s.targets::text) > 0)
   order by s.id desc limit $3`,
);

/** Posts that show the image, those that wait first. */
export const listUsingPosts = statement<{ id: string; words: string; due_at: Date | null; is_waiting: boolean }>(
  'media.list-using-posts',
  `select p.id, left(p.content #>> '{parts,0,text}', 120) as words, p.due_at, bool_or(t.id is null or t.state in ('draft', 'scheduled', 'sending', 'unknown', 'review')) as is_waiting
   from post p left join post_target t on t.workspace_id = p.workspace_id and t.post_id = p.id
   where p.workspace_id = $1
   group by p.id, p.content, p.due_at
   having position($2::text in p.content::text) > 0 or bool_or(position($2::text in coalesce(t.content::text, '')) > 0)
   order by is_waiting desc, p.due_at desc nulls first, p.id desc limit $3`,
);

export const insertForm = statement(
  'media.insert-form',
  `insert into media_form (workspace_id, media_id, form, type, bytes, width, height, stored_as, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
);

export const findForm = statement<FormRow>(
  'media.find-form', 'select type, bytes, width, height, stored_as from media_form where workspace_id = $1 and media_id = $2 and form = $3',
);

export const listFormKeys = statement<{ stored_as: string }>(
  'media.list-form-keys', 'select stored_as from media_form where workspace_id = $1 and media_id = $2',
);

/** Every file that a row of the workspace names; `form` is null for the image as it is kept. */
export const listNamedFiles = statement<{ media_id: string; form: string | null; stored_as: string }>(
  'media.list-named-files',
  `select id as media_id, null as form, stored_as from media where workspace_id = $1
   union all select media_id, form, stored_as from media_form where workspace_id = $1`,
);

/** Answers how many rows changed. */
export const markMissing = statement(
  'media.mark-missing', 'update media set missing_at = $3 where workspace_id = $1 and id = $2 and missing_at is null',
);

export const listMarkedMissing = statement<{ id: string }>(
  'media.list-marked-missing', 'select id from media where workspace_id = $1 and missing_at is not null',
);

export const unmarkMissing = statement('media.unmark-missing', 'update media set missing_at = null where workspace_id = $1 and id = $2');

export const deleteForm = statement('media.delete-form', 'delete from media_form where workspace_id = $1 and media_id = $2 and form = $3 and stored_as = $4');

export const noteOrphans = statement(
  'media.note-orphans',
  'insert into blob_orphan (key, bytes, seen_at) select key, bytes, $3 from unnest($1::text[], $2::int8[]) as found (key, bytes) on conflict do nothing',
);

/** Those that are named again, or gone. */
export const forgetOrphans = statement(
  'media.forget-orphans', `delete from blob_orphan where starts_with(key, $1 || '/') and not (key = any ($2::text[]))`,
);

export const listOldOrphans = statement<{ key: string; bytes: number }>(
  'media.list-old-orphans', `select key, bytes from blob_orphan where starts_with(key, $1 || '/') and seen_at <= $2`,
);

/** Workspaces with a connected account: their libraries are looked at though every file of them be lost. */
export const listDueWorkspaces = statement<{ workspace_id: string }>(
  'media.list-due-workspaces', 'select distinct workspace_id from account where next_sync_at is not null',
);

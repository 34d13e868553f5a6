-- Videos in the library. Lock note: columns without a default, so no table is rewritten; the check reads the table once under its lock, and one
-- row is one image of a library: short.
alter table media
  add column duration_ms integer,
  add column frame_rate float8,
  add column video_codec text,
  add column audio_codec text;
alter table media drop constraint media_type_check;
alter table media add constraint media_type_check check (
  case when type in ('image/jpeg', 'image/png', 'image/gif') then duration_ms is null
  else type in ('video/mp4', 'video/quicktime') and duration_ms is not null and video_codec is not null and audio_codec is not null end
);

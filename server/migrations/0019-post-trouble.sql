-- What has failed or waits for a person's look is shown on every dashboard. Lock note: an index of few rows; building it reads post_target once.
create index post_target_trouble on post_target (workspace_id, post_id) where state in ('review', 'failed');

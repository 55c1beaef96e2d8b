-- Forgets what is older than the venue wants to keep.
DELETE FROM sighting WHERE time < make_timestamp($before::BIGINT);
DELETE FROM measurement WHERE time < make_timestamp($before::BIGINT);
DELETE FROM heartbeat WHERE time < make_timestamp($before::BIGINT);
DELETE FROM reject WHERE taken < make_timestamp($before::BIGINT);

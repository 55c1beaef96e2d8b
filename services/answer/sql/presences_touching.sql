INSERT INTO presence
SELECT badge, room, "from", until, reason, parked, heard, visit, rule
FROM read_parquet($file)
WHERE "from" < make_timestamp($until::BIGINT) AND coalesce(until > make_timestamp($from::BIGINT), true)

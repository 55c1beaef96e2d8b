INSERT INTO presence
SELECT badge, room, epoch_ms("from"), epoch_ms(until), parked
FROM read_parquet($file)
WHERE "from" < make_timestamp($until::BIGINT) AND coalesce(until > make_timestamp($from::BIGINT), true)

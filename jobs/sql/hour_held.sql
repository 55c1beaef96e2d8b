-- How much of a copy is of an hour, and its last position, of each partition of the river.
SELECT count(*)::DOUBLE, max(position)::DOUBLE
FROM read_parquet($copy)
WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
GROUP BY position // 17592186044416
ORDER BY max(position)

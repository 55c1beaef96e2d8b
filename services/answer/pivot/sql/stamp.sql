-- How many observations a span has, and the last position among them: what is stored is never edited, only added and forgotten.
-- Of each table by itself, since what its statistics tell is not read.
SELECT sum(stored)::BIGINT AS stored, max(last)::BIGINT AS last
FROM (
  SELECT count(*) AS stored, max(position) AS last FROM sighting WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  UNION ALL
  SELECT count(*), max(position) FROM measurement WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  UNION ALL
  SELECT count(*), max(position) FROM heartbeat WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
)

-- How many observations a span has, and the last position among them: what is stored is never edited, only added and forgotten.
SELECT count(*)::BIGINT AS stored, max(position)::BIGINT AS last
FROM (
  SELECT position FROM sighting WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  UNION ALL
  SELECT position FROM measurement WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  UNION ALL
  SELECT position FROM heartbeat WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
)

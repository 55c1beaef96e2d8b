-- How far the river had been read, one position a partition, and how much of a span was observed.
SELECT
  position // $partition::BIGINT AS partition,
  max(position) AS position,
  count(*) FILTER (time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)) AS rows
FROM heard
GROUP BY ALL
ORDER BY 1

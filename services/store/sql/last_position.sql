-- The last number that a batch of the river took, and that of the past: of all that is still there, or as they were when
-- something was forgotten. Kafka's partitions but the first are far above.
SELECT
  coalesce(max(position) FILTER (position < $partition), 0)::DOUBLE,
  coalesce(max(position) FILTER (position >= $loaded_from), $loaded_from)::DOUBLE
FROM (
  SELECT position FROM last_position
  UNION ALL SELECT position FROM sighting
  UNION ALL SELECT position FROM measurement
  UNION ALL SELECT position FROM heartbeat
  UNION ALL SELECT position FROM reject
);

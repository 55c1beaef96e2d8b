-- The last number that a batch took: of all that is still there, or as it was when something was forgotten.
SELECT coalesce(max(position), 0)::DOUBLE
FROM (
  SELECT max(position) AS position FROM last_position
  UNION ALL SELECT max(position) FROM sighting
  UNION ALL SELECT max(position) FROM measurement
  UNION ALL SELECT max(position) FROM heartbeat
  UNION ALL SELECT max(position) FROM reject
);

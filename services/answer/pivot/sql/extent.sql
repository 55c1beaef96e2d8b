-- From when until when there is anything, UTC ms.
SELECT min(first) AS first, max(last) AS last
FROM (
  SELECT min(time) AS first, max(time) AS last FROM sighting
  UNION ALL
  SELECT min(time), max(time) FROM measurement
  UNION ALL
  SELECT min(time), max(time) FROM heartbeat
)

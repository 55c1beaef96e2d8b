-- Who went from one room to another: presences of one badge that follow each other within ten minutes, by the minute in which
-- the second began. Those on tables do not walk.
WITH follows AS (
  SELECT badge, room, until, lead(room) OVER byBadge AS next, lead("from") OVER byBadge AS begins
  FROM presence
  WHERE NOT parked
  WINDOW byBadge AS (PARTITION BY badge ORDER BY "from", room)
)
SELECT time_bucket(INTERVAL 1 MINUTE, begins) AS time, room, next AS "to", count(*) AS count
FROM follows
WHERE
  next <> room AND begins - until BETWEEN INTERVAL 0 SECONDS AND INTERVAL 10 MINUTES
  AND begins >= make_timestamp($from::BIGINT) AND begins < make_timestamp($until::BIGINT)
GROUP BY ALL
ORDER BY ALL

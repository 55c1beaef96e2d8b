-- Occupancy of each room in each bin, from presences: who is there and lies on no table.
-- A bin is divided by its own seconds; visitors are counted anew in each, so they never add up over bins.
WITH there AS (
  SELECT
    room, bin.start AS start, badge,
    greatest(p.begins, bin.start) AS begins,
    least(coalesce(p.ends, bin.until), bin.until) AS ends
  FROM presence p
  JOIN bin ON p.begins < bin.until AND coalesce(p.ends, bin.until) > bin.start
  WHERE NOT parked
),
step AS (
  SELECT room, start, begins AS instant, 1 AS change FROM there
  UNION ALL
  SELECT room, start, ends, -1 FROM there
),
-- Whoever leaves in a second makes place for whoever comes in it.
crowd AS (
  SELECT
    room, start,
    sum(change) OVER (PARTITION BY room, start ORDER BY instant, change ROWS UNBOUNDED PRECEDING) AS people
  FROM step
),
peak AS (SELECT room, start, max(people) AS peak FROM crowd GROUP BY ALL),
total AS (
  SELECT room, start, sum(ends - begins) AS ms, count(DISTINCT badge) AS visitors FROM there GROUP BY ALL
)
SELECT
  room.id AS room,
  make_timestamp(bin.start * 1000) AS time,
  round(coalesce(ms, 0) / (bin.until - bin.start), 4) AS occupancy,
  coalesce(peak, 0)::INTEGER AS peak,
  coalesce(visitors, 0)::INTEGER AS visitors,
  round(coalesce(ms, 0) / 60000, 4) AS badgeMinutes
FROM bin
CROSS JOIN room
LEFT JOIN total ON total.room = room.id AND total.start = bin.start
LEFT JOIN peak ON peak.room = room.id AND peak.start = bin.start
ORDER BY room.place, bin.start

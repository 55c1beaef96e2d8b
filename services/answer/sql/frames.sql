-- Occupancy of each room in each bin, from presences: who is there and lies on no table; beside it what the frames said.
-- An average is over the seconds that have a frame; visitors are counted anew in each bin, so they never add up.
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
  seen.room,
  make_timestamp(seen.start * 1000) AS time,
  CASE WHEN measured > 0 THEN round(coalesce(ms, 0) / (1000 * measured), 4) END AS average,
  CASE WHEN measured > 0 THEN coalesce(peak, 0)::INTEGER END AS peak,
  CASE WHEN measured > 0 THEN coalesce(visitors, 0)::INTEGER END AS visitors,
  CASE WHEN measured > 0 THEN round(coalesce(ms, 0) / 60000, 4) END AS badgeMinutes,
  claps, temperature, coverage, covered, frames
FROM seen
LEFT JOIN total ON total.room = seen.room AND total.start = seen.start
LEFT JOIN peak ON peak.room = seen.room AND peak.start = seen.start
ORDER BY place

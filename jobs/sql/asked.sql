-- Every half hour of a day for each series and what it may be then, though nothing was read in it: what a live frame asks for.
INSERT INTO teaching
WITH half AS (
  SELECT to_timestamp($start::BIGINT / 1000)::TIMESTAMP + to_minutes(30 * half) AS time FROM range(0, $halves::BIGINT) t(half)
),
there AS (
  SELECT DISTINCT
    c.room || ' ' || c.measure AS series, c.context, c.session, c.epoch, half.time + to_milliseconds(zone.ahead) AS wall,
    CASE c.measure WHEN 'occupancy' THEN 2.0 WHEN 'claps' THEN 5.0 ELSE 0.5 END AS least
  FROM half
  JOIN (SELECT *, coalesce(lead(start) OVER (PARTITION BY room, measure ORDER BY start), TIMESTAMP '2200-01-01') AS stop FROM chapter) c
    ON c.start < half.time + INTERVAL 30 MINUTES AND c.stop > half.time
  ASOF JOIN zone ON half.time >= zone.start
),
slots AS (
  SELECT DISTINCT
    series, context, session, epoch, date_diff('day', DATE '1970-01-01', wall::DATE)::INTEGER AS day,
    CASE WHEN session IS NULL THEN isodow(wall) ELSE 0 END::INTEGER AS dow,
    session IS NULL AND isodow(wall) > 5 AS weekend,
    CASE WHEN session IS NULL THEN hour(wall) ELSE 0 END::INTEGER AS h,
    CASE WHEN session IS NULL THEN minute(wall) // 30 ELSE 0 END::INTEGER AS part,
    least
  FROM there
)
SELECT series, context, session, epoch, day, dow, weekend, h, part, least, false, NULL, NULL, NULL, NULL
FROM slots s
WHERE NOT EXISTS (
  SELECT 1 FROM teaching t
  WHERE t.series = s.series AND t.context = s.context AND t.session IS NOT DISTINCT FROM s.session
    AND t.epoch = s.epoch AND t.day = s.day AND t.h = s.h AND t.part = s.part
)

-- Local wall time of each reading. A time that goes back counts as the newest before it, so that no score looks ahead.
CREATE TABLE placed AS
WITH kept AS (
  SELECT *, max(time) OVER (PARTITION BY series ORDER BY i) AS clock FROM reading WHERE v IS NOT NULL AND isfinite(v)
),
locals AS (
  SELECT kept.*, clock + to_milliseconds(zone.ahead) AS wall FROM kept ASOF JOIN zone ON kept.clock >= zone.start
)
SELECT
  series, i, time, clock, v, good, forgiven, rests, least, context, session, epoch,
  date_diff('day', DATE '1970-01-01', wall::DATE)::INTEGER AS day,
  CASE WHEN session IS NULL THEN isodow(wall) ELSE 0 END::INTEGER AS dow,
  session IS NULL AND isodow(wall) > 5 AS weekend,
  CASE WHEN session IS NULL THEN hour(wall) ELSE 0 END::INTEGER AS h,
  CASE WHEN session IS NULL THEN minute(wall) // 30 ELSE 0 END::INTEGER AS part,
  -- Across a gap, or into what is known and out of it again, is no step.
  CASE
    WHEN lag(i) OVER o = i - 1 AND lag(good) OVER o AND NOT lag(forgiven) OVER o
      AND lag(context) OVER o = context AND lag(session) OVER o IS NOT DISTINCT FROM session
    THEN abs(v - lag(v) OVER o)
  END AS step
FROM locals WINDOW o AS (PARTITION BY series ORDER BY i)

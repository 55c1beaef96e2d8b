-- Every half hour of a day for each series, cut where a session begins or ends: what a live frame may ask for.
CREATE TABLE asked AS
WITH half AS (
  SELECT make_timestamp(1000 * ($start::BIGINT + 1800000 * n)) AS start, make_timestamp(1000 * ($start::BIGINT + 1800000 * (n + 1))) AS stop
  FROM range(0, $halves::BIGINT) t(n)
),
span AS (
  SELECT *, coalesce(lead(start) OVER (PARTITION BY room, measure ORDER BY start), TIMESTAMP '2200-01-01') AS stop FROM chapter
),
piece AS (
  SELECT room, measure, context, session, epoch, greatest(span.start, half.start) AS start, least(span.stop, half.stop) AS stop
  FROM half JOIN span ON span.start < half.stop AND span.stop > half.start
),
placed AS (
  SELECT piece.*, piece.start + to_milliseconds(zone.ahead) AS wall FROM piece ASOF JOIN zone ON piece.start >= zone.start
)
SELECT
  room, measure, start, stop, room || ' ' || measure AS series, context, session, epoch,
  date_diff('day', DATE '1970-01-01', wall::DATE)::INTEGER AS day,
  CASE WHEN session IS NULL THEN isodow(wall) ELSE 0 END::INTEGER AS dow,
  session IS NULL AND isodow(wall) > 5 AS weekend,
  CASE WHEN session IS NULL THEN hour(wall) ELSE 0 END::INTEGER AS h,
  CASE WHEN session IS NULL THEN minute(wall) // 30 ELSE 0 END::INTEGER AS part,
  CASE measure WHEN 'occupancy' THEN 2.0 WHEN 'claps' THEN 5.0 ELSE 0.5 END AS least
FROM placed

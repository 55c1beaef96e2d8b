-- Five distances from normal, each over the farthest in recent memory.
CREATE TABLE band AS SELECT * FROM banded('teaching', $factor);
CREATE TABLE distant AS
WITH judged AS (
  SELECT
    p.series, p.i, p.time, p.clock, p.v, p.step, p.context, p.session,
    split_part(p.context, ' ', 1) = 'event' OR p.session IS NOT NULL AS is_known,
    b.rung, b.n, b.q25, b.median, b.q75, b.low, b.high, b.jump_hour,
    greatest(0.2 * coalesce(b.reach, 0), 0.01 * abs(b.median), p.least) AS floor,
    p.rests AND p.v = 0 AND b.q75 = 0 AS is_closed
  FROM placed p
  JOIN band b ON p.series = b.series AND p.context = b.context AND p.session IS NOT DISTINCT FROM b.session
    AND p.epoch = b.epoch AND p.day = b.day AND p.dow = b.dow AND p.h = b.h AND p.part = b.part
  WHERE p.good
),
o AS (
  SELECT *,
    sum(CASE WHEN step = 0 THEN 0 ELSE 1 END) OVER t AS stay,
    avg(v) OVER past AS mean, avg(v) OVER m12 AS mean12, avg(v) OVER m48 AS mean48
  FROM judged WHERE NOT coalesce(is_closed, false)
  WINDOW
    t AS (PARTITION BY series, is_known ORDER BY i),
    past AS (PARTITION BY series, is_known ORDER BY i ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    m12 AS (PARTITION BY series, is_known ORDER BY i ROWS BETWEEN 11 PRECEDING AND CURRENT ROW),
    m48 AS (PARTITION BY series, is_known ORDER BY i ROWS BETWEEN 48 PRECEDING AND 1 PRECEDING)
)
SELECT *,
  abs(v - median) AS level, abs(mean12 - mean) AS drift, abs(v - mean48) AS change,
  abs(asinh(v / (0.1 * floor)) - asinh(median / (0.1 * floor))) AS scale,
  row_number() OVER (PARTITION BY series, is_known, stay ORDER BY i) AS same
FROM o

-- Five distances from normal, each over the farthest in recent memory; then a cool-down: again only when it tops all of the
-- last twelve hours and thirty readings. A known event remembers nothing of ordinary days, nor they of it.
CREATE TABLE judged AS
-- From $own readings of the same rung on a level is set against those: before there were Tuesdays enough, Tuesday was odd.
WITH near AS (
  SELECT
    p.series, p.i, p.time, p.clock, p.v, p.step, p.context, p.session, p.forgiven, p.context <> '' AS is_known, p.h, p.part,
    b.rung, b.n, b.q25, b.median, b.q75, b.low, b.high, b.width, b.jump_hour,
    greatest(0.2 * coalesce(b.reach, 0), 0.01 * abs(b.median), p.least) AS floor
  FROM placed p
  JOIN band b ON p.series = b.series AND p.context = b.context AND p.session IS NOT DISTINCT FROM b.session
    AND p.epoch = b.epoch AND p.day = b.day AND p.dow = b.dow AND p.h = b.h AND p.part = b.part
  WHERE p.good AND NOT (p.rests AND p.v = 0 AND coalesce(b.q75 = 0, false))
),
means AS (
  SELECT *,
    sum(CASE WHEN step = 0 THEN 0 ELSE 1 END) OVER o AS stay,
    avg(v) OVER past AS mean, avg(v) OVER m12 AS mean12, avg(v) OVER m48 AS mean48
  FROM near
  WINDOW
    o AS (PARTITION BY series, is_known ORDER BY i),
    past AS (o ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    m12 AS (o ROWS BETWEEN 11 PRECEDING AND CURRENT ROW),
    m48 AS (o ROWS BETWEEN 48 PRECEDING AND 1 PRECEDING)
),
distant AS (
  SELECT *,
    abs(v - median) AS level, abs(mean12 - mean) AS drift, abs(v - mean48) AS change,
    abs(asinh(10 * v / floor) - asinh(10 * median / floor)) AS scale,
    row_number() OVER (PARTITION BY series, is_known, stay ORDER BY i) AS same
  FROM means
),
far AS (
  SELECT *,
    CASE WHEN count(*) OVER own >= $own THEN quantile_cont(level, $share) OVER own ELSE quantile_cont(level, $share) OVER p END AS level_far,
    quantile_cont(drift, $share) OVER p AS drift_far,
    quantile_cont(change, $share) OVER p AS change_far,
    quantile_cont(scale, $share) OVER p AS scale_far,
    max(same) OVER (PARTITION BY series, is_known ORDER BY stay RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS same_far,
    count(*) OVER p AS remembered, min(clock) OVER p AS since
  FROM distant
  WINDOW
    own AS (PARTITION BY series, is_known, rung ORDER BY i ROWS BETWEEN $memory PRECEDING AND 1 PRECEDING),
    p AS (PARTITION BY series, is_known ORDER BY i ROWS BETWEEN $memory PRECEDING AND 1 PRECEDING)
),
ratios AS (
  SELECT *, least(9.99, greatest(
    coalesce(level / greatest(level_far, floor), 0),
    coalesce(drift / greatest(drift_far, 0.25 * floor), 0),
    coalesce(change / greatest(change_far, floor), 0),
    coalesce(scale / greatest(scale_far, asinh(1)), 0))) AS moved,
    -- Constant for far longer than ever, where the slot's quartiles differ.
    CASE WHEN same >= 30 AND same >= 1.5 * same_far AND q25 < q75 THEN 1.2 * $limit / 1.1 ELSE 0 END AS stuck
  FROM far
),
scores AS (
  SELECT *,
    greatest(moved, stuck) AS ratio, stuck > moved AS is_stuck
  FROM ratios
),
cooled AS (
  SELECT *,
    CASE
      WHEN rung <> 'none' AND remembered >= CASE WHEN is_known THEN $warm_known ELSE $warm END
        AND ratio > greatest(coalesce(max(ratio) OVER hours, 0), coalesce(max(ratio) OVER recent, 0)) THEN ratio
      ELSE 0
    END AS score
  FROM scores WINDOW
    hours AS (PARTITION BY series, is_known ORDER BY clock RANGE BETWEEN INTERVAL 12 HOURS PRECEDING AND INTERVAL 1 SECOND PRECEDING),
    recent AS (PARTITION BY series, is_known ORDER BY i ROWS BETWEEN 30 PRECEDING AND 1 PRECEDING)
)
SELECT *,
  CASE
    WHEN rung = 'none' OR forgiven THEN NULL
    WHEN score >= $limit THEN 'major'
    -- A step back to normal is none.
    WHEN v < low OR v > high OR (step > greatest(jump_hour, width) AND level > 0.5 * step) THEN 'minor'
  END AS severity
FROM cooled

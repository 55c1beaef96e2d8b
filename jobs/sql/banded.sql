-- What is normal in a slot on a day, from the eight weeks before it: the first rung of the ladder that has days enough.
-- An older epoch stays out of the first rung. Quartiles say "usually"; low and high judge, beyond the ends that a spell has on
-- most days: a hall that fills within its half hour is low and high in it each time.
CREATE MACRO banded(spells, factor) AS TABLE
WITH known AS (
  SELECT *,
    count(v) OVER slot AS n_slot,
    quantile_cont(v, [0.25, 0.5, 0.75]) OVER slot AS q_slot,
    [quantile_cont(lo, 0.25) OVER slot, quantile_cont(hi, 0.75) OVER slot] AS ends_slot,
    count(DISTINCT CASE WHEN v IS NOT NULL THEN day END) OVER kind AS n_kind,
    quantile_cont(v, [0.25, 0.5, 0.75]) OVER kind AS q_kind,
    [quantile_cont(lo, 0.25) OVER kind, quantile_cont(hi, 0.75) OVER kind] AS ends_kind,
    count(DISTINCT CASE WHEN v IS NOT NULL THEN day END) OVER hours AS n_hour,
    quantile_cont(v, [0.25, 0.5, 0.75]) OVER hours AS q_hour,
    [quantile_cont(lo, 0.25) OVER hours, quantile_cont(hi, 0.75) OVER hours] AS ends_hour,
    quantile_cont(jump, 0.9) OVER hours AS jump_hour,
    count(DISTINCT CASE WHEN v IS NOT NULL THEN coalesce(session, day::VARCHAR) END) OVER past AS n_all,
    quantile_cont(v, [0.25, 0.5, 0.75]) OVER past AS q_all,
    [quantile_cont(lo, 0.25) OVER past, quantile_cont(hi, 0.75) OVER past] AS ends_all,
    quantile_cont(hi, 0.99) OVER past - quantile_cont(lo, 0.01) OVER past AS reach,
    min(lo) OVER past AS lowest
  FROM query_table(spells)
  WINDOW
    slot AS (PARTITION BY series, context, epoch, dow, h, part ORDER BY day RANGE BETWEEN 56 PRECEDING AND 1 PRECEDING),
    kind AS (PARTITION BY series, context, weekend, h ORDER BY day RANGE BETWEEN 56 PRECEDING AND 1 PRECEDING),
    hours AS (PARTITION BY series, context, h ORDER BY day RANGE BETWEEN 56 PRECEDING AND 1 PRECEDING),
    past AS (PARTITION BY series, context ORDER BY day RANGE BETWEEN 56 PRECEDING AND 1 PRECEDING)
),
named AS (
  SELECT *,
    CASE
      WHEN context LIKE 'session %' THEN CASE WHEN n_all >= 3 THEN 'session' ELSE 'none' END
      WHEN n_slot >= 4 THEN 'slot'
      WHEN n_kind >= 3 THEN 'hour by kind of day'
      WHEN n_hour >= 2 THEN 'hour'
      WHEN n_all >= 1 THEN 'all'
      ELSE 'none'
    END AS rung
  FROM known
),
chosen AS (
  SELECT *,
    CASE rung
      WHEN 'slot' THEN n_slot WHEN 'hour by kind of day' THEN n_kind WHEN 'hour' THEN n_hour
      WHEN 'none' THEN 0 ELSE n_all
    END::INTEGER AS n,
    CASE rung
      WHEN 'slot' THEN q_slot WHEN 'hour by kind of day' THEN q_kind WHEN 'hour' THEN q_hour
      WHEN 'none' THEN NULL ELSE q_all
    END AS q,
    CASE rung
      WHEN 'slot' THEN ends_slot WHEN 'hour by kind of day' THEN ends_kind WHEN 'hour' THEN ends_hour
      WHEN 'none' THEN NULL ELSE ends_all
    END AS ends
  FROM named
),
wide AS (SELECT *, greatest(q[3] - q[1], 0.2 * coalesce(reach, 0), least) AS width FROM chosen)
SELECT
  series, context, session, epoch, day, dow, weekend, h, part, least, forgiven, v, lo, hi, jump,
  rung, n, q[1] AS q25, q[2] AS median, q[3] AS q75, width, reach, jump_hour,
  CASE WHEN lowest >= 0 THEN greatest(ends[1] - factor * width, 0) ELSE ends[1] - factor * width END AS low,
  ends[2] + factor * width AS high
FROM wide

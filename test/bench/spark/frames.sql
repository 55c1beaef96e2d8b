-- The same answer in Spark's SQL: all measures of rooms by step, from a day's presences and minute rows.
WITH stay AS (
  SELECT badge, room, unix_millis(CAST(`from` AS TIMESTAMP)) AS begins, unix_millis(CAST(until AS TIMESTAMP)) AS ends
  FROM presences WHERE NOT parked
),
turn AS (
  SELECT *, begins > coalesce(lag(ends) OVER (PARTITION BY room, badge ORDER BY begins), begins - 1) AS is_new FROM stay
),
numbered AS (
  SELECT *, sum(CAST(is_new AS INT)) OVER (PARTITION BY room, badge ORDER BY begins) AS visit FROM turn
),
visit AS (SELECT room, badge, min(begins) AS begins, max(ends) AS ends FROM numbered GROUP BY room, badge, visit),
there AS (
  SELECT room, badge, begins, ends, explode(sequence(begins - (begins - {from}L) % {step}L, ends - 1, {step}L)) AS start
  FROM visit
),
cut AS (
  SELECT
    room, start, badge, least(ends, start + {step}L) - greatest(begins, start) AS ms,
    begins <= start OR ends >= start + {step}L AS is_cut
  FROM there
),
total AS (
  SELECT
    room, start, count(DISTINCT badge) AS visitors, count(*) AS visits, count_if(is_cut) AS cut, sum(ms) AS ms,
    percentile(ms, 0.5) AS middle, percentile_disc(0.9) WITHIN GROUP (ORDER BY ms) AS most
  FROM cut GROUP BY room, start
),
minute AS (SELECT *, unix_millis(CAST(minute AS TIMESTAMP)) AS instant FROM frames),
said AS (
  SELECT
    room, instant - (instant - {from}L) % {step}L AS start, sum(frames) AS frames, sum(frames - unmeasured) AS measured,
    sum(present) AS present, max(peak) AS peak, sum(claps) AS claps, sum(temperature) AS warm, sum(felt) AS felt,
    sum(gap) AS gap, sum(unmeasured) AS unmeasured, sum(silent) AS silent, sum(deaf) AS deaf, sum(thin) AS thin,
    sum(good) AS good
  FROM minute GROUP BY 1, 2
)
SELECT
  said.room, said.start, present / measured AS average, peak, visitors, present / 60 AS badgeMinutes, visits,
  middle / 60000 AS dwellMedian, ms / (60000 * visits) AS dwellMean, most / 60000 AS dwellP90, cut, claps / 10 AS claps,
  round(warm / felt) / 100 AS temperature,
  CASE greatest(gap, unmeasured, silent, deaf, thin, good)
    WHEN unmeasured THEN 'unmeasured' WHEN gap THEN 'gap' WHEN silent THEN 'silent' WHEN deaf THEN 'deaf' WHEN thin THEN 'thin' ELSE 'good'
  END AS coverage,
  (good + thin) / (gap + unmeasured + silent + deaf + thin + good) AS covered, frames
FROM said LEFT JOIN total ON total.room = said.room AND total.start = said.start
ORDER BY said.start, said.room

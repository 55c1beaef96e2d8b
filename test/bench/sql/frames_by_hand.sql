-- The same answer by hand: all measures of rooms by hour, from a day's presences and minute rows.
WITH hour AS (SELECT unnest(range($from::BIGINT, $until::BIGINT, 3600000)) AS start),
stay AS (
  SELECT badge, room, epoch_ms("from") AS begins, epoch_ms(until) AS ends FROM read_parquet($presences) WHERE NOT parked
),
turn AS (
  SELECT *, begins > coalesce(lag(ends) OVER (PARTITION BY room, badge ORDER BY begins), begins - 1) AS is_new FROM stay
),
numbered AS (SELECT *, sum(is_new::INTEGER) OVER (PARTITION BY room, badge ORDER BY begins) AS visit FROM turn),
visit AS (SELECT room, badge, min(begins) AS begins, max(ends) AS ends FROM numbered GROUP BY room, badge, visit),
cut AS (
  SELECT
    room, start, badge, least(ends, start + 3600000) - greatest(begins, start) AS ms,
    begins <= start OR ends >= start + 3600000 AS is_cut
  FROM visit JOIN hour ON begins < start + 3600000 AND ends > start
),
total AS (
  SELECT
    room, start, count(DISTINCT badge) AS visitors, count(*) AS visits, count(*) FILTER (is_cut) AS cut, sum(ms) AS ms,
    median(ms) AS middle, quantile_disc(ms, 0.9) AS most
  FROM cut GROUP BY ALL
),
said AS (
  SELECT
    room, epoch_ms(minute) // 3600000 * 3600000 AS start, sum(frames) AS frames, sum(frames - unmeasured) AS measured,
    sum(present) AS present, max(peak) AS peak, sum(claps) AS claps, sum(temperature) AS warm, sum(felt) AS felt, sum(gap) AS gap,
    sum(unmeasured) AS unmeasured, sum(silent) AS silent, sum(deaf) AS deaf, sum(thin) AS thin, sum(good) AS good
  FROM read_parquet($frames) GROUP BY ALL
)
SELECT
  room, start, present / measured AS average, peak, visitors, present / 60 AS badgeMinutes, visits, middle / 60000, ms / (60000 * visits),
  most / 60000, cut, claps / 10, round(warm / felt) / 100,
  CASE greatest(gap, unmeasured, silent, deaf, thin, good)
    WHEN unmeasured THEN 'unmeasured' WHEN gap THEN 'gap' WHEN silent THEN 'silent' WHEN deaf THEN 'deaf' WHEN thin THEN 'thin' ELSE 'good'
  END,
  (good + thin) / (gap + unmeasured + silent + deaf + thin + good), frames
FROM said LEFT JOIN total USING (room, start) ORDER BY start, room

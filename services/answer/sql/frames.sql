-- All measures by key (a room, a floor, …) and step. What does not add up (visitors, dwell, the peak) is counted from presences
-- anew for each key and step; sums of frames add up. An average is over the seconds that have a frame and were measured.
-- $within: each sum of frames lies in one step. $exact: and keys are rooms, so that badge-seconds and the peak are known from those.
WITH grouped AS (
  SELECT p.badge, p.room, member.team, greatest(p.begins, member.begins) AS begins, least(p.ends, member.ends) AS ends
  FROM (SELECT * REPLACE (coalesce(ends, $open) AS ends) FROM presence WHERE NOT parked) p
  JOIN member ON member.badge = p.badge AND member.counted AND p.begins < member.ends AND p.ends > member.begins
  UNION ALL
  SELECT badge, room, $team, begins, coalesce(ends, $open)
  FROM presence
  WHERE NOT parked AND $counted AND badge NOT IN (SELECT badge FROM member)
),
scoped AS (
  SELECT scope.key, badge, greatest(grouped.begins, scope.begins) AS begins, least(grouped.ends, scope.ends) AS ends
  FROM grouped
  JOIN scope ON scope.room = CASE WHEN $byTeam THEN team ELSE grouped.room END
    AND grouped.begins < scope.ends AND grouped.ends > scope.begins
),
-- A visit is an unbroken stay in what the key is about: pieces that touch are one.
turn AS (
  SELECT *, begins > coalesce(max(ends) OVER (
    PARTITION BY key, badge ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ), begins - 1) AS isNew
  FROM scoped
),
numbered AS (
  SELECT *, sum(isNew::INTEGER) OVER (PARTITION BY key, badge ORDER BY begins, ends ROWS UNBOUNDED PRECEDING) AS visit
  FROM turn
),
visit AS (SELECT key, badge, min(begins) AS begins, max(ends) AS ends FROM numbered GROUP BY key, badge, visit),
there AS (
  SELECT
    key, bin, badge, greatest(begins, start) AS begins, least(ends, until) AS ends,
    begins <= start OR ends >= until AS isCut
  FROM visit
  JOIN bin ON begins < until AND ends > start
),
total AS (
  SELECT
    key, bin, sum(ends - begins) AS ms, count(DISTINCT badge) AS visitors, count(*) AS visits,
    count(*) FILTER (isCut) AS cut, median(ends - begins) AS middle, quantile_disc(ends - begins, 0.9) AS most
  FROM there
  GROUP BY ALL
),
change AS (
  SELECT key, bin, begins AS instant, 1 AS change FROM there WHERE NOT $exact
  UNION ALL
  SELECT key, bin, ends, -1 FROM there WHERE NOT $exact
),
-- Whoever leaves in a second makes place for whoever comes in it.
crowd AS (
  SELECT
    key, bin, sum(change) OVER (PARTITION BY key, bin ORDER BY instant, change ROWS UNBOUNDED PRECEDING) AS people
  FROM change
),
most AS (SELECT key, bin, max(people) AS peak FROM crowd GROUP BY ALL),
placed AS (
  SELECT said.*, bin.bin FROM said ASOF JOIN bin ON said.start >= bin.start WHERE $within AND said.start < bin.until
  UNION ALL
  SELECT said.*, bin.bin
  FROM said
  JOIN bin ON said.start < bin.until AND said.start + 1000 * (made + gap) > bin.start
  WHERE NOT $within
),
-- Of what lies side by side (the rooms of a floor) a second counts once. A session or event that begins or ends within a
-- minute has what that whole minute said.
side AS (
  SELECT
    ground.key, said.bin, said.start,
    least(any_value(made), sum(frames)) AS frames,
    least(any_value(made), sum(frames - unmeasured)) AS measured,
    sum(present) AS present, max(peak) AS peak,
    sum(claps) AS claps, sum(temperature) AS temperature, sum(felt) AS felt, sum(gap) AS gap,
    sum(unmeasured) AS unmeasured, sum(silent) AS silent, sum(deaf) AS deaf, sum(thin) AS thin, sum(good) AS good
  FROM placed said
  JOIN ground ON ground.room = said.room
    AND said.start < ground.ends AND said.start + 1000 * (made + gap) > ground.begins
  WHERE NOT $exact
  GROUP BY ALL
  UNION ALL
  SELECT
    said.room, said.bin, said.start, frames, frames - unmeasured, present, peak, claps, temperature, felt, gap,
    unmeasured, silent, deaf, thin, good
  FROM placed said
  WHERE $exact
),
ground_total AS (
  SELECT
    key, bin, sum(frames) AS frames, sum(measured) AS measured, sum(present) AS present, max(peak) AS peak, sum(claps) AS claps, sum(temperature) AS temperature,
    sum(felt) AS felt, sum(gap) AS gap, sum(unmeasured) AS unmeasured, sum(silent) AS silent, sum(deaf) AS deaf,
    sum(thin) AS thin, sum(good) AS good,
    greatest(sum(gap), sum(unmeasured), sum(silent), sum(deaf), sum(thin), sum(good)) AS longest
  FROM side
  GROUP BY ALL
)
SELECT
  key.key, bin.name, make_timestamp(bin.start * 1000) AS time,
  CASE WHEN measured > 0 THEN round(CASE WHEN $exact THEN 1000 * present ELSE coalesce(ms, 0) END / (1000 * measured), 4) END AS average,
  CASE WHEN measured > 0 THEN coalesce(CASE WHEN $exact THEN ground_total.peak ELSE most.peak END, 0)::INTEGER END AS peak,
  CASE WHEN measured > 0 THEN coalesce(visitors, 0)::INTEGER END AS visitors,
  CASE WHEN measured > 0 THEN round(CASE WHEN $exact THEN 1000 * present ELSE coalesce(ms, 0) END / 60000, 4) END AS badgeMinutes,
  CASE WHEN measured > 0 THEN coalesce(visits, 0)::INTEGER END AS visits,
  round(middle / 60000, 4) AS dwellMedian,
  round(ms / (60000 * visits), 4) AS dwellMean,
  round(total.most / 60000, 4) AS dwellP90,
  CASE WHEN measured > 0 THEN coalesce(cut, 0)::INTEGER END AS cut,
  CASE WHEN frames > 0 AND $sensed THEN claps / 10 END AS claps,
  CASE WHEN felt > 0 AND $sensed THEN round(temperature / felt) / 100 END AS temperature,
  CASE longest
    WHEN unmeasured THEN 'unmeasured' WHEN gap THEN 'gap' WHEN silent THEN 'silent' WHEN deaf THEN 'deaf'
    WHEN thin THEN 'thin' ELSE 'good'
  END AS coverage,
  round((good + thin) / (gap + unmeasured + silent + deaf + thin + good), 4) AS covered,
  frames::INTEGER AS frames
FROM ground_total
JOIN key USING (key)
JOIN bin USING (bin)
LEFT JOIN total USING (key, bin)
LEFT JOIN most USING (key, bin)
ORDER BY bin.bin, key.place

-- By how much each gateway's clock was off, hour by hour (of its clock): the least `received − time` (ms), which is how far it
-- was behind plus the fastest way here. Taken off where it is negative, for nothing arrives before it happened, and where it is
-- beyond 2 s and steady: the same within 2 s in every quarter of the hour, of which there are two. A backlog is not steady.
CREATE TEMP TABLE skew AS
WITH quarter AS (
  SELECT gateway, epoch_ms(time) // 900000 AS quarter, min(epoch_ms(received) - epoch_ms(time)) AS least
  FROM heard
  WHERE gateway IS NOT NULL
  GROUP BY ALL
),
hour AS (
  SELECT gateway, quarter // 4 AS hour, min(least) AS least, max(least) AS most, count(*) AS quarters
  FROM quarter
  GROUP BY ALL
)
SELECT gateway, hour, least AS ms
FROM hour
WHERE least < 0 OR (least > 2000 AND most - least <= 2000 AND quarters > 1)

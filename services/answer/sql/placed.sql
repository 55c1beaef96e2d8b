-- Everything observed in the order in which it truly happened. Claps of a badge that says one value, not 0, for a minute and
-- ten times without another between are no applause (NUMBERS: Claps): they become 0. Of one second the greatest counts.
-- Texts are codes (words.sql).
WITH placed AS (
  SELECT heard.*, epoch_ms(time) + coalesce(skew.ms, 0) AS t
  FROM heard
  LEFT JOIN skew ON skew.gateway = heard.gateway AND skew.hour = epoch_ms(time) // 3600000
),
gauge AS (
  SELECT badge, (t + 999) // 1000 AS second, max(claps) AS claps FROM placed WHERE claps IS NOT NULL GROUP BY ALL
),
turn AS (
  SELECT *, claps IS DISTINCT FROM lag(claps) OVER (PARTITION BY badge ORDER BY second) AS begins FROM gauge
),
run AS (
  SELECT *, sum(begins::INTEGER) OVER (PARTITION BY badge ORDER BY second ROWS UNBOUNDED PRECEDING) AS run FROM turn
),
frozen AS (
  SELECT badge, min(second) AS first, max(second) AS last
  FROM run
  WHERE claps > 0
  GROUP BY badge, run
  HAVING count(*) >= 10 AND max(second) - min(second) >= 60
)
SELECT
  k.code AS kind, t AS time, t AS received, g.code AS gateway, b.code AS badge, rssi, temperature,
  CASE WHEN frozen.badge IS NULL THEN claps ELSE 0 END AS claps,
  battery, s.code AS sensor, q.code AS quantity, value, o.code AS status, info, simulated
FROM placed
JOIN word k ON k.word = kind
LEFT JOIN word g ON g.word = gateway
LEFT JOIN word b ON b.word = placed.badge
LEFT JOIN word s ON s.word = sensor
LEFT JOIN word q ON q.word = quantity
LEFT JOIN word o ON o.word = status
LEFT JOIN frozen ON frozen.badge = placed.badge AND claps IS NOT NULL AND (t + 999) // 1000 BETWEEN frozen.first AND frozen.last
ORDER BY t

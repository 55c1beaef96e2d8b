-- Badges that repeat one temperature and one count of claps, not zero, for two hours, with a report every five minutes or more often.
WITH every AS (
  SELECT DISTINCT badge, time, claps, temperature FROM read_parquet($file)
  WHERE kind = 'sighting' AND claps IS NOT NULL
    AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
),
turns AS (
  SELECT *, claps IS DISTINCT FROM lag(claps) OVER o OR temperature IS DISTINCT FROM lag(temperature) OVER o AS is_new
  FROM every WINDOW o AS (PARTITION BY badge ORDER BY time, claps, temperature)
),
runs AS (SELECT *, sum(CASE WHEN is_new THEN 1 ELSE 0 END) OVER (PARTITION BY badge ORDER BY time, claps, temperature) AS run FROM turns)
SELECT badge, min(time) AS time, max(time) AS until, any_value(claps)::DOUBLE AS claps, any_value(temperature)::DOUBLE AS temperature, count(*)::INTEGER AS reports
FROM runs
WHERE claps > 0 AND temperature IS NOT NULL
GROUP BY badge, run
HAVING max(time) - min(time) >= INTERVAL 2 HOURS AND count(*) >= 24
ORDER BY badge, time

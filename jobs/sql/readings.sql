-- A reading is a mean of five minutes, three of which must be covered. Thin or deaf neither judges nor teaches. $from: from when on.
INSERT INTO reading
WITH five AS (
  SELECT
    room, time_bucket(INTERVAL 5 MINUTES, time) AS time,
    count(*) FILTER (covered) >= 3 AS good,
    sum(people_ms) FILTER (covered) AS people_ms, sum(seconds) FILTER (covered) AS seconds, sum(claps) FILTER (covered) AS claps,
    sum(centi) FILTER (covered) AS centi, sum(felt) FILTER (covered) AS felt
  FROM minutes WHERE time >= make_timestamp($from::BIGINT) GROUP BY ALL
),
measured AS (
  SELECT room, time, good, 'occupancy' AS measure, people_ms / (1000 * nullif(seconds, 0)) AS v, 2.0 AS least FROM five
  UNION ALL SELECT room, time, good, 'claps', claps / nullif(seconds, 0), 5.0 FROM five
  UNION ALL SELECT room, time, good, 'temperature', centi / (100 * nullif(felt, 0)), 0.5 FROM five
)
SELECT
  m.room || ' ' || m.measure, epoch_ms(m.time) // 300000, m.time, v::DOUBLE, good AND NOT excluded, forgiven,
  context, session, epoch, least, m.measure <> 'temperature'
FROM measured m ASOF JOIN chapter c ON m.room = c.room AND m.measure = c.measure AND m.time >= c.start
ORDER BY m.room, m.measure, m.time

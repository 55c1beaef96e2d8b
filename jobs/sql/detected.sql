-- A row for each row of the file, in its order.
SELECT r.i, r.time, r.v AS value, j.median AS expected, j.low, j.high, coalesce(j.score, 0) AS score, j.severity, coalesce(j.rung, 'none') AS rung
FROM reading r LEFT JOIN judged j ON r.series = j.series AND r.i = j.i ORDER BY r.series, r.i

-- In which whole minutes each gateway heard each badge, as unbroken runs (ms).
WITH minute AS (
  SELECT DISTINCT gateway, badge, epoch_ms(time) // 60000 AS minute
  FROM observations
  WHERE kind = 'sighting' AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
),
run AS (
  SELECT *, minute - row_number() OVER (PARTITION BY gateway, badge ORDER BY minute) AS run FROM minute
)
SELECT gateway, badge, min(minute) * 60000 AS begins, (max(minute) + 1) * 60000 AS ends
FROM run
GROUP BY gateway, badge, run
ORDER BY gateway, badge, begins

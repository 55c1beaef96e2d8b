-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM measurement_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
WHERE EXISTS (
  FROM measurement o
  WHERE o.time >= make_timestamp($from::BIGINT) AND o.time < make_timestamp($until::BIGINT)
    AND o.time = s.time AND o.sensor = s.sensor AND o.quantity = s.quantity
    AND o.value = s.value AND o.simulated = s.simulated
)
UNION
SELECT ordinal
FROM suspect
QUALIFY row_number() OVER (PARTITION BY time, sensor, quantity, value, simulated ORDER BY ordinal) > 1
ORDER BY 1;

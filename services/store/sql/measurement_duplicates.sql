-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM measurement_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
SEMI JOIN (FROM measurement WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)) o
  ON o.time = s.time AND o.sensor = s.sensor AND o.quantity = s.quantity AND o.value = s.value AND o.simulated = s.simulated
UNION
SELECT ordinal
FROM suspect
ANTI JOIN (SELECT min(ordinal) AS ordinal FROM suspect GROUP BY time, sensor, quantity, value, simulated) USING (ordinal)
ORDER BY 1;

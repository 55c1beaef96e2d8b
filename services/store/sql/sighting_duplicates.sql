-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM sighting_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
WHERE EXISTS (
  FROM sighting o
  WHERE o.time >= make_timestamp($from::BIGINT) AND o.time < make_timestamp($until::BIGINT)
    AND o.time = s.time AND o.gateway = s.gateway AND o.badge = s.badge AND o.rssi = s.rssi
    AND o.temperature = s.temperature AND o.claps = s.claps AND o.battery = s.battery AND o.simulated = s.simulated
)
UNION
SELECT ordinal
FROM suspect
QUALIFY row_number() OVER (
  PARTITION BY time, gateway, badge, rssi, temperature, claps, battery, simulated ORDER BY ordinal
) > 1
ORDER BY 1;

-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM sighting_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
SEMI JOIN (FROM sighting WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)) o
  ON o.time = s.time AND o.gateway = s.gateway AND o.badge = s.badge AND o.rssi = s.rssi
  AND o.temperature = s.temperature AND o.claps = s.claps AND o.battery = s.battery AND o.simulated = s.simulated
UNION
SELECT ordinal
FROM suspect
ANTI JOIN (SELECT min(ordinal) AS ordinal FROM suspect GROUP BY time, gateway, badge, rssi, temperature, claps, battery, simulated) USING (ordinal)
ORDER BY 1;

-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM heartbeat_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
SEMI JOIN (FROM heartbeat WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)) o
  ON o.time = s.time AND o.gateway = s.gateway AND o.status = s.status
  AND o.info IS NOT DISTINCT FROM s.info AND o.simulated = s.simulated
UNION
SELECT ordinal
FROM suspect
ANTI JOIN (SELECT min(ordinal) AS ordinal FROM suspect GROUP BY time, gateway, status, info, simulated) USING (ordinal)
ORDER BY 1;

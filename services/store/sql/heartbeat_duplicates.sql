-- Places of the suspects whose content is stored already, or stands earlier among them.
WITH suspect AS MATERIALIZED (SELECT * FROM heartbeat_suspect WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT))
SELECT s.ordinal
FROM suspect s
WHERE EXISTS (
  FROM heartbeat o
  WHERE o.time >= make_timestamp($from::BIGINT) AND o.time < make_timestamp($until::BIGINT)
    AND o.time = s.time AND o.gateway = s.gateway AND o.status = s.status
    AND o.info IS NOT DISTINCT FROM s.info AND o.simulated = s.simulated
)
UNION
SELECT ordinal
FROM suspect
QUALIFY row_number() OVER (PARTITION BY time, gateway, status, info, simulated ORDER BY ordinal) > 1
ORDER BY 1;

-- Each gateway that ever spoke: what it heard, and what it last said of itself.
SELECT
  gateway,
  count(*) AS observations,
  count(DISTINCT badge) AS badges,
  min(received) AS first,
  max(received) AS received,
  max(time) AS time,
  median(rssi) AS rssi,
  arg_max(status, time) FILTER (kind = 'heartbeat') AS status
FROM observations
WHERE gateway IS NOT NULL AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
GROUP BY gateway
ORDER BY gateway

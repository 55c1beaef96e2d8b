-- Each gateway that ever spoke: what it heard, and what it last said of itself; that it is gone no longer counts where it spoke since.
SELECT
  gateway,
  count(*) AS observations,
  count(DISTINCT badge) AS badges,
  min(received) AS first,
  max(received) AS received,
  max(time) AS time,
  median(rssi) AS rssi,
  CASE WHEN max(received) FILTER (kind <> 'heartbeat') > arg_max(received, time) FILTER (kind = 'heartbeat')
    THEN nullif(arg_max(status, time) FILTER (kind = 'heartbeat'), 'offline')
    ELSE arg_max(status, time) FILTER (kind = 'heartbeat') END AS status
FROM observations
WHERE gateway IS NOT NULL AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
GROUP BY gateway
ORDER BY gateway

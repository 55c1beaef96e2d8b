-- What each gateway said in the last while, by when it was received: of the table `heard`, which is somewhat wider.
WITH recent AS (
  SELECT * FROM heard WHERE gateway IS NOT NULL AND received >= make_timestamp($from::BIGINT)
),
ears AS (
  SELECT badge, count(DISTINCT gateway) AS ears FROM recent WHERE badge IS NOT NULL GROUP BY badge
),
newest AS (
  SELECT gateway, kind, badge, rssi, temperature, claps, status
  FROM recent
  QUALIFY row_number() OVER (PARTITION BY gateway ORDER BY received DESC, time DESC, kind, badge, rssi) = 1
),
told AS (
  SELECT
    gateway,
    count(*) FILTER (kind = 'sighting' AND received >= make_timestamp($minute::BIGINT)) AS sightings,
    count(DISTINCT badge) AS badges,
    count(DISTINCT badge) FILTER (ears > 1) AS shared,
    min(epoch_ms(received) - epoch_ms(time)) AS delay,
    arg_max(info, time) FILTER (kind = 'heartbeat') AS info
  FROM recent
  LEFT JOIN ears USING (badge)
  GROUP BY gateway
)
SELECT told.*, newest.* EXCLUDE (gateway)
FROM told
JOIN newest USING (gateway)
ORDER BY gateway

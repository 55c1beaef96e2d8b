-- Sightings in the order in which they truly happened. What `locate` keeps does not depend on the order of ties.
SELECT epoch_ms(time) + coalesce(skew.ms, 0) AS t, heard.gateway, badge, rssi
FROM heard
LEFT JOIN skew ON skew.gateway = heard.gateway AND skew.hour = epoch_ms(time) // 3600000
WHERE kind = 'sighting'
ORDER BY t

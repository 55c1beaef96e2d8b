-- Sightings in the order in which they truly happened. What `locate` keeps does not depend on the order of ties.
SELECT (epoch_ms(time) + coalesce(skew.ms, 0))::DOUBLE AS t, g.code AS gateway, b.code AS badge, rssi::SMALLINT AS rssi
FROM heard
JOIN word g ON g.word = heard.gateway
JOIN word b ON b.word = heard.badge
LEFT JOIN skew ON skew.gateway = heard.gateway AND skew.hour = epoch_ms(time) // 3600000
WHERE kind = 'sighting'
ORDER BY epoch_ms(time) + coalesce(skew.ms, 0)

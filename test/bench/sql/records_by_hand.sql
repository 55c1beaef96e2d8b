-- What an export of records has of sightings, by hand: their room by the gateway, and the order of time.
SELECT
  s.time, 'sighting' AS kind, 'room-' || (s.gateway // 2) AS room, NULL::VARCHAR AS floor, 'badges' AS thermometer, g.text AS gateway, b.text AS badge, 'none' AS "group",
  s.rssi::BIGINT AS rssi, s.temperature / 100 AS temperature, s.claps::BIGINT AS claps, NULL::DOUBLE AS battery, NULL::VARCHAR AS sensor,
  NULL::VARCHAR AS quantity, NULL::DOUBLE AS value, NULL::VARCHAR AS status, epoch_ms(s.received - s.time) / 1000 AS delay, s.simulated = 1 AS simulated
FROM sighting s
JOIN name g ON g.code = s.gateway
JOIN name b ON b.code = s.badge
ORDER BY s.time, hash(s.gateway, s.badge, s.rssi)

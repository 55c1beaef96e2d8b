-- What PivotTable.js gets of each sighting: plain values, ready to be counted.
SELECT
  g.text AS gateway, 'room-' || (gateway // 2) AS room, b.text AS badge, strftime(time, '%Y-%m-%d') AS day, hour(time)::INTEGER AS hour,
  rssi::INTEGER AS rssi
FROM sighting
JOIN name g ON g.code = gateway
JOIN name b ON b.code = badge

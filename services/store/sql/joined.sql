-- What is written in Parquet (the view `closed`) beside what was copied: as rows of the same tables, by codes of the same names.
INSERT INTO name
SELECT (SELECT coalesce(max(code), 0) FROM name) + row_number() OVER (ORDER BY text), text
FROM (
  SELECT gateway AS text FROM closed
  UNION SELECT badge FROM closed
  UNION SELECT sensor FROM closed
  UNION SELECT quantity FROM closed
  UNION SELECT status FROM closed
)
WHERE text IS NOT NULL AND text NOT IN (SELECT text FROM name);

ALTER TABLE sighting RENAME TO copied_sighting;
CREATE VIEW sighting AS
FROM copied_sighting
UNION ALL
SELECT
  time, received, g.code AS gateway, b.code AS badge, rssi::SMALLINT AS rssi,
  coalesce(round(temperature * 100), -32768)::SMALLINT AS temperature,
  coalesce(claps, -32768)::SMALLINT AS claps,
  coalesce(round(battery * 1000), -32768)::SMALLINT AS battery,
  simulated::UTINYINT AS simulated, position
FROM closed
JOIN name g ON g.text = closed.gateway
JOIN name b ON b.text = closed.badge
WHERE kind = 'sighting';

ALTER TABLE measurement RENAME TO copied_measurement;
CREATE VIEW measurement AS
FROM copied_measurement
UNION ALL
SELECT time, received, s.code AS sensor, q.code AS quantity, value, simulated::UTINYINT AS simulated, position
FROM closed
JOIN name s ON s.text = closed.sensor
JOIN name q ON q.text = closed.quantity
WHERE kind = 'measurement';

ALTER TABLE heartbeat RENAME TO copied_heartbeat;
CREATE VIEW heartbeat AS
FROM copied_heartbeat
UNION ALL
SELECT time, received, g.code AS gateway, s.code AS status, info, simulated::UTINYINT AS simulated, position
FROM closed
JOIN name g ON g.text = closed.gateway
JOIN name s ON s.text = closed.status
WHERE kind = 'heartbeat';

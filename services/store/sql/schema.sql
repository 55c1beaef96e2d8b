-- What is remembered. Three tables, one for each kind of observation: a table with all columns takes a third longer to fill.
-- Texts that repeat are codes into `name`; unknown is -32768 here and NULL in the view, so that content is
-- compared by plain equality of integers. Temperatures are 0.01 °C, batteries 0.001 V.
CREATE TABLE IF NOT EXISTS name (code UINTEGER NOT NULL, text VARCHAR NOT NULL);

-- The last numbers that batches had taken when something was forgotten: none is taken twice, whatever expires.
CREATE TABLE IF NOT EXISTS last_position (position BIGINT NOT NULL);

CREATE TABLE IF NOT EXISTS sighting (
  time TIMESTAMP NOT NULL,
  received TIMESTAMP NOT NULL,
  gateway UINTEGER NOT NULL,
  badge UINTEGER NOT NULL,
  rssi SMALLINT NOT NULL,
  temperature SMALLINT NOT NULL,
  claps SMALLINT NOT NULL,
  battery SMALLINT NOT NULL,
  simulated UTINYINT NOT NULL,
  position BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS measurement (
  time TIMESTAMP NOT NULL,
  received TIMESTAMP NOT NULL,
  sensor UINTEGER NOT NULL,
  quantity UINTEGER NOT NULL,
  value DOUBLE NOT NULL,
  simulated UTINYINT NOT NULL,
  position BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS heartbeat (
  time TIMESTAMP NOT NULL,
  received TIMESTAMP NOT NULL,
  gateway UINTEGER NOT NULL,
  status UINTEGER NOT NULL,
  info VARCHAR,
  simulated UTINYINT NOT NULL,
  position BIGINT NOT NULL
);

CREATE TABLE IF NOT EXISTS reject (
  position BIGINT NOT NULL,
  place UINTEGER NOT NULL,
  taken TIMESTAMP NOT NULL,
  received TIMESTAMP NOT NULL,
  source VARCHAR NOT NULL,
  line UINTEGER NOT NULL,
  text VARCHAR NOT NULL,
  reasons VARCHAR NOT NULL
);

CREATE OR REPLACE VIEW observations AS
SELECT
  'sighting' AS kind, time, received, g.text AS gateway, b.text AS badge, rssi,
  nullif(temperature, -32768) / 100 AS temperature,
  nullif(claps, -32768) AS claps,
  nullif(battery, -32768) / 1000 AS battery,
  NULL::VARCHAR AS sensor, NULL::VARCHAR AS quantity, NULL::DOUBLE AS value,
  NULL::VARCHAR AS status, NULL::VARCHAR AS info,
  simulated = 1 AS simulated, position
FROM sighting
JOIN name g ON g.code = gateway
JOIN name b ON b.code = badge
UNION ALL
SELECT
  'measurement', time, received, NULL, NULL, NULL, NULL, NULL, NULL,
  s.text, q.text, value, NULL, NULL, simulated = 1, position
FROM measurement
JOIN name s ON s.code = sensor
JOIN name q ON q.code = quantity
UNION ALL
SELECT
  'heartbeat', time, received, g.text, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, s.text, info, simulated = 1, position
FROM heartbeat
JOIN name g ON g.code = gateway
JOIN name s ON s.code = status;

CREATE OR REPLACE VIEW rejects AS SELECT position, place, taken, received, source, line, text, reasons FROM reject;

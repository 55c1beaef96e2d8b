-- Every kind of observation by its codes; what it stood at is `device`, a gateway or a sensor.
(
  SELECT
    'sighting' AS kind, time, received, position, gateway AS device, gateway, badge, NULL::UINTEGER AS sensor, NULL::UINTEGER AS quantity,
    NULL::UINTEGER AS status, rssi::INTEGER AS rssi, nullif(temperature, -32768)::INTEGER AS temperature,
    nullif(claps, -32768)::INTEGER AS claps, nullif(battery, -32768)::INTEGER AS battery, NULL::DOUBLE AS value, NULL::VARCHAR AS info, simulated
  FROM sighting
  UNION ALL
  SELECT
    'measurement', time, received, position, sensor, NULL, NULL, sensor, quantity, NULL, NULL, NULL, NULL, NULL, value, NULL, simulated
  FROM measurement
  UNION ALL
  SELECT
    'heartbeat', time, received, position, gateway, gateway, NULL, NULL, NULL, status, NULL, NULL, NULL, NULL, NULL, info, simulated
  FROM heartbeat
) o

-- The observations of an hour, out of the copy of a day, in order of position.
COPY (
  SELECT *
  FROM read_parquet($copy)
  WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  ORDER BY position, time, kind, gateway, badge, sensor, quantity, rssi, temperature, claps, battery, value, info, received
) TO $file (FORMAT parquet)

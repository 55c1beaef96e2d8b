-- What was observed in a span and passed through the river, as a file; whoever reads it sees the columns of `observations`.
COPY (
  SELECT *
  FROM observations
  WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
  ORDER BY position, time, kind, gateway, badge, sensor, quantity, rssi
) TO $file (FORMAT parquet)

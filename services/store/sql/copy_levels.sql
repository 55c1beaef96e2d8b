-- What says where badges were in a span, and how far the river had been read, as a file, in no order.
COPY (
  SELECT kind, time, received, gateway, badge, rssi, position
  FROM observations
  WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
) TO $file (FORMAT parquet)

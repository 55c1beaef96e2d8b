-- A copy of a span, in the order in which it was received, then as it stood in the river; its position is its place in that order.
-- Nobody who is forgotten is in it.
COPY (
  SELECT
    kind, time, received, gateway, badge, rssi, temperature, claps, battery, sensor, quantity, value, status, info, simulated,
    row_number() OVER (ORDER BY received, file_row_number) - 1 AS position
  FROM read_parquet($source, file_row_number = true)
  WHERE badge IS NULL OR NOT list_contains($forgotten, badge)
  ORDER BY position
) TO $file (FORMAT parquet)

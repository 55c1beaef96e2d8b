-- What was observed in a span, as a file, in no order.
COPY (
  SELECT *
  FROM observations
  WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
) TO $file (FORMAT parquet)

-- What is staged, in the order in which it was received, then as it came; its position is its place in that order.
COPY (
  SELECT * REPLACE (row_number() OVER (ORDER BY received, position) - 1 AS position)
  FROM observations
  ORDER BY position
) TO $file (FORMAT parquet)

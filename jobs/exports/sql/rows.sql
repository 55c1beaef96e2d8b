-- The rows of an answer that was kept as a file, in its order.
FROM read_parquet($file)

-- What the columns of an answer are called, and of which type.
SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet($file))

-- Whom a copy of a span names.
SELECT DISTINCT badge FROM read_parquet($source) WHERE badge IS NOT NULL

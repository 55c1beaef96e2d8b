-- The part of a recording between two places.
SELECT *
FROM read_parquet($file)
WHERE position >= $from AND position < $until
ORDER BY position

-- How many rows of a file name one of these badges in any of their texts.
SELECT count(*)::INTEGER AS rows FROM read_parquet($file) AS line
WHERE list_bool_or(list_transform($badges, lambda badge: contains(line::VARCHAR, badge)))

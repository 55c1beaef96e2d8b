-- A file without the rows that name one of these badges, in the order that it had.
COPY (
  SELECT * EXCLUDE (file_row_number) FROM read_parquet($file, file_row_number = true) AS line
  WHERE NOT list_bool_or(list_transform($badges, lambda badge: contains(line::VARCHAR, badge)))
  ORDER BY file_row_number
) TO $aside (FORMAT parquet)

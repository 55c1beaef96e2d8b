INSERT INTO told BY NAME
SELECT * FROM read_parquet($file)
WHERE minute >= make_timestamp($from::BIGINT) AND minute < make_timestamp($until::BIGINT)

INSERT INTO anomaly SELECT * FROM read_parquet($file) ORDER BY ALL

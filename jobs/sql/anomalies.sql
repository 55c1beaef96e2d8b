COPY (SELECT * FROM anomaly ORDER BY time, room, measure, severity, until, sentence) TO $file (FORMAT parquet)

-- What was unusual, in words.
SELECT * FROM anomaly

INSERT INTO anomaly
SELECT * REPLACE (
  CASE WHEN $isNamed THEN sentence
       ELSE regexp_replace(sentence, '(Badge )?k[0-9]{1,6}\.[A-Za-z0-9_-]{16}', 'A badge', 'g') END AS sentence
)
FROM read_parquet($file) ORDER BY ALL

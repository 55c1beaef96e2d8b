-- Rows that one answer has and the other has not, each as often as that.
SELECT
  (SELECT count(*) FROM (FROM read_parquet($after) EXCEPT ALL FROM read_parquet($before))),
  (SELECT count(*) FROM (FROM read_parquet($before) EXCEPT ALL FROM read_parquet($after)))

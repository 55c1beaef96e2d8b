-- Rows of an answer that the one before has not, as often as that.
CREATE OR REPLACE TEMP TABLE come AS (FROM read_parquet($after) EXCEPT ALL FROM read_parquet($before))

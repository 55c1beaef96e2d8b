-- Rows that the answer before had and this one has not, as often as that.
CREATE OR REPLACE TEMP TABLE gone AS (FROM read_parquet($before) EXCEPT ALL FROM read_parquet($after))

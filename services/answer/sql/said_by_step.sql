-- Minutes of a file as sums of rooms by step, for an answer that needs no more of them.
INSERT INTO said
SELECT
  room, bin.start, sum(frames), sum(60 - gap), sum(gap), sum(present), max(peak), sum(parked), sum(claps), sum(temperature),
  sum(felt), sum(unmeasured), sum(silent), sum(deaf), sum(thin), sum(good)
FROM (
  SELECT *, epoch_ms(minute) AS instant
  FROM read_parquet($file)
  WHERE minute >= make_timestamp($from::BIGINT) AND minute < make_timestamp($until::BIGINT)
) minutes
ASOF JOIN bin ON minutes.instant >= bin.start
GROUP BY room, bin.start

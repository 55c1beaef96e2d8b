INSERT INTO said
SELECT
  room, epoch_ms(minute), frames, 60 - gap, gap, present, peak, parked, claps, temperature, felt,
  unmeasured, silent, deaf, thin, good
FROM read_parquet($file)
WHERE minute >= make_timestamp($from::BIGINT) AND minute < make_timestamp($until::BIGINT)

-- How much a recording holds, and from when to when it was received.
SELECT count(*)::DOUBLE, epoch_ms(min(received))::DOUBLE, epoch_ms(max(received))::DOUBLE FROM read_parquet($file)

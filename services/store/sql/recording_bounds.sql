-- How many places a recording has (those of badges that were forgotten are empty), and from when to when it was received.
SELECT coalesce(max(position) + 1, 0)::DOUBLE, epoch_ms(min(received))::DOUBLE, epoch_ms(max(received))::DOUBLE FROM read_parquet($file)

-- What is usual on a day, as its baseline has it.
SELECT room, measure, "from", until, context, session, rung, n, median, q25, q75, low, high
FROM read_parquet($file) ORDER BY room, measure, "from"

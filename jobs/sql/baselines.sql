-- The baseline of a day: a row for each room, measure and slot that may be asked for.
COPY (
  SELECT
    split_part(series, ' ', 1) AS room, split_part(series, ' ', 2) AS measure, context, session, epoch,
    dow, h AS hour, 30 * part AS minute, rung, n, median, q25, q75, low, high
  FROM band WHERE day = $day::INTEGER AND rung <> 'none'
  ORDER BY ALL
) TO $file (FORMAT parquet)

-- What of a day is minor or major, with all that its sentence needs. In a room what lies in its band is not major: a slow
-- drift of one or two people breaks records too; nor is nobody, for however long.
SELECT
  split_part(series, ' ', 1) AS room, split_part(series, ' ', 2) AS measure, time, v AS value, session, context, severity, score,
  rung, n, q25, q75, median AS expected, low, high, step, jump_hour AS jump, is_stuck AS stuck, same::INTEGER AS same, since
FROM judged
WHERE severity IS NOT NULL AND (severity = 'minor' OR (is_stuck AND v <> 0) OR v < low OR v > high) AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
ORDER BY series, time

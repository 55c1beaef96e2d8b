-- How many rejects were taken in a span.
SELECT count(received) FROM reject WHERE time >= $from AND time < $until

-- What was observed in a span and stored between two positions, as it stood in the river.
SELECT *
FROM observations
WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT) AND position > $after AND position < $before
ORDER BY position, time, kind, gateway, badge, sensor, quantity, rssi

-- The measurements of a span between two positions, by time.
SELECT received, position, simulated, sensor, quantity, value FROM "measurement"
WHERE time >= $from AND time < $until AND position > $after AND position <= $upto

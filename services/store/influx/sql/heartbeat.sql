-- The heartbeats of a span between two positions, by time.
SELECT received, position, simulated, gateway, status, info, blank FROM heartbeat
WHERE time >= $from AND time < $until AND position > $after AND position <= $upto

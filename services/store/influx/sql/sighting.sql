-- The sightings of a span between two positions, by time.
SELECT received, position, simulated, gateway, badge, id, rssi, temperature, claps, battery FROM sighting
WHERE time >= $from AND time < $until AND position > $after AND position <= $upto

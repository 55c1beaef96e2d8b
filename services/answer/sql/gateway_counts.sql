-- How many sightings each gateway had in a span.
SELECT gateway, count(*) AS sightings
FROM observations
WHERE kind = 'sighting' AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)
GROUP BY gateway
ORDER BY gateway

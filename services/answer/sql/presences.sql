-- Presences as they were seen.
SELECT * FROM presence

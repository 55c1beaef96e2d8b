SELECT *
FROM observations

CREATE OR REPLACE TEMP TABLE heard AS
SELECT *
FROM observations
WHERE time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)

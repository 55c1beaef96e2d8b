-- What gateways said about now, as far as their health is read from it.
CREATE OR REPLACE TEMP TABLE heard AS
SELECT kind, time, received, gateway, badge, rssi, temperature, claps, battery, status, info
FROM observations
WHERE gateway IS NOT NULL AND time >= make_timestamp($from::BIGINT) AND time < make_timestamp($until::BIGINT)

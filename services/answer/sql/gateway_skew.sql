-- The newest skew of each gateway that has one.
SELECT gateway, arg_max(ms, hour) AS ms FROM skew GROUP BY gateway ORDER BY gateway

-- Badges of the last while: heard, by two gateways or more, and whose battery is weak, by what each said of it last.
WITH badge AS (
  SELECT badge, count(DISTINCT gateway) AS ears, arg_max(battery, time) AS battery
  FROM heard
  WHERE kind = 'sighting' AND received >= make_timestamp($from::BIGINT)
  GROUP BY badge
)
SELECT
  count(*) AS heard,
  count(*) FILTER (ears > 1) AS shared,
  count(battery) AS measured,
  count(*) FILTER (battery < $weak / 1000) AS weak,
  min(battery) AS weakest
FROM badge

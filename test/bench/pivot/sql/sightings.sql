-- So many sightings from a number on: 20 gateways, 300 badges, one every 243 ms.
INSERT INTO name
SELECT code, text
FROM (SELECT i, 'pi-' || i FROM range(20) t(i) UNION ALL SELECT 100 + i, 'k1.' || lpad(i::VARCHAR, 16, 'A') FROM range(300) t(i)) n(code, text)
WHERE NOT EXISTS (FROM name);
INSERT INTO sighting
SELECT
  make_timestamp($from::BIGINT + i * 243000), make_timestamp($from::BIGINT + i * 243000 + 300000), (i * 7919 // 13) % 20, 100 + (i * 104729 // 7) % 300,
  -50 - (i * 31 // 3) % 45, 2000 + (i * 17) % 800, (i * 5) % 9, -32768, 1, i
FROM range($first::BIGINT, $first::BIGINT + $count::BIGINT) t(i)
ORDER BY i

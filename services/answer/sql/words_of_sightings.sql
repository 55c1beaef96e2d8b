-- Texts of the sightings that are heard as codes: a text that comes again and again is read once.
CREATE TEMP TABLE word AS
SELECT word, (row_number() OVER (ORDER BY word) - 1)::INTEGER AS code
FROM (SELECT gateway AS word FROM heard UNION SELECT badge FROM heard)
WHERE word IS NOT NULL

-- Minutes of rooms with what was expected of them (NULL: no baseline is known).
CREATE TABLE minutes AS
SELECT said.*, CASE WHEN said.start < normal.ends THEN normal.expected END AS expected
FROM said
ASOF LEFT JOIN normal ON normal.room = said.room AND said.start >= normal.begins

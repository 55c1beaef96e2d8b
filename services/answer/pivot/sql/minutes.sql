-- Minutes of rooms with what was expected of them (NULL: no baseline is known).
CREATE TABLE minutes AS
SELECT said.*, expected
FROM said
LEFT JOIN normal
  ON normal.room = said.room AND normal.block = said.start // 1800000 AND said.start >= normal.begins AND said.start < normal.ends

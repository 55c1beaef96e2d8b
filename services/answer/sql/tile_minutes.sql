SELECT * FROM told ORDER BY minute, room

CREATE TABLE presence (badge VARCHAR, room VARCHAR, begins BIGINT, ends BIGINT, parked BOOLEAN);
CREATE TABLE bin (start BIGINT, until BIGINT);
CREATE TABLE room (id VARCHAR, place INTEGER);

CREATE TABLE presence (
  badge VARCHAR, room VARCHAR, "from" TIMESTAMP, until TIMESTAMP, reason VARCHAR, parked BOOLEAN,
  heard TIMESTAMP, visit TIMESTAMP, rule VARCHAR
);

CREATE TABLE anomaly (
  room VARCHAR, measure VARCHAR, time TIMESTAMP, until TIMESTAMP, value DOUBLE, expected DOUBLE, low DOUBLE, high DOUBLE,
  score DOUBLE, severity VARCHAR, rung VARCHAR, n INTEGER, sentence VARCHAR, session VARCHAR
)

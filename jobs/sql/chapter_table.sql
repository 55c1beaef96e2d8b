CREATE TABLE chapter (
  room VARCHAR, measure VARCHAR, start TIMESTAMP, context VARCHAR, session VARCHAR, epoch INTEGER, excluded BOOLEAN, forgiven BOOLEAN
)

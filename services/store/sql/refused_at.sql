-- The rejects that stand at some positions.
SELECT position, place FROM reject WHERE position IN (SELECT unnest($positions))

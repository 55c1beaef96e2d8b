CREATE TABLE band AS SELECT * FROM banded('teaching', $factor)

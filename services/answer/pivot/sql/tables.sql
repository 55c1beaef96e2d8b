-- What a question knows of time and of the venue, for as long as it takes.
CREATE TEMP TABLE standing (device VARCHAR, begins BIGINT, ends BIGINT, room VARCHAR);
CREATE TEMP TABLE storey (room VARCHAR, floor VARCHAR, thermometer VARCHAR);
CREATE TEMP TABLE member (badge VARCHAR, begins BIGINT, ends BIGINT, "group" VARCHAR);
CREATE TEMP TABLE sitting (bin BIGINT, room VARCHAR, title BIGINT, session BIGINT);
CREATE TEMP TABLE event (code BIGINT, text VARCHAR);
CREATE TEMP TABLE session (code BIGINT, text VARCHAR);
CREATE TEMP TABLE title (code BIGINT, text VARCHAR);

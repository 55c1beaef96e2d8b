-- Each pair of gateway and badge that has a tag.
SHOW SERIES FROM sighting

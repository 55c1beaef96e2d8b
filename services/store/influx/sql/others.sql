-- What badges without a tag said at an instant or later.
SELECT id FROM sighting WHERE badge = 'other' AND time >= $from

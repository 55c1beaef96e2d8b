-- Forgets badges by their pseudonyms, as if they had never been heard.
DELETE FROM sighting WHERE badge IN (SELECT code FROM name WHERE list_contains($badges, text));
DELETE FROM reject
WHERE list_bool_or(list_transform($badges, lambda badge: contains(text, badge) OR contains(reasons, badge)));
DELETE FROM name WHERE list_contains($badges, text);

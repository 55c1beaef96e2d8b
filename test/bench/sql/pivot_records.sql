SELECT n.text AS gateway, hour(time)::INTEGER AS hour, rssi::INTEGER AS rssi
FROM sighting JOIN name n ON n.code = gateway

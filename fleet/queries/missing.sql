-- zh: 逾期无数据的机器(登记为应上报,最近几天没有数据)
-- en: Missing machines: expected by the register, without a second in the last days
-- Days: missing_days of the table asked, before its now_s; last_seen_s and silent_s are unknown for one that was never seen
-- mqtt_s: its newest message over MQTT, unknown without one; seen_s, seen_by: the newer of the two, and which: packets, mqtt
SELECT m.region AS region, m.township AS township, m.co_op AS co_op, m.device AS device, m.plate AS plate, m.name AS name,
  m.last_seen_s AS last_seen_s, CAST(a.now_s - m.last_seen_s AS BIGINT) AS silent_s, h.heard_s AS mqtt_s,
  CASE WHEN h.heard_s IS NOT NULL AND (m.last_seen_s IS NULL OR h.heard_s > m.last_seen_s) THEN h.heard_s
    ELSE m.last_seen_s END AS seen_s,
  CASE WHEN h.heard_s IS NOT NULL AND (m.last_seen_s IS NULL OR h.heard_s > m.last_seen_s) THEN 'mqtt'
    WHEN m.last_seen_s IS NOT NULL THEN 'packets' END AS seen_by
FROM machines m
LEFT JOIN heard h ON h.device = m.device
CROSS JOIN asked a
WHERE m.is_expected = 1 AND (m.last_seen_s IS NULL OR m.last_seen_s < a.now_s - a.missing_days * 86400)
ORDER BY m.region, m.township NULLS FIRST, m.co_op NULLS FIRST, m.device

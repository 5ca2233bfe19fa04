-- zh: 每台机器最后一次有消息:数据包和 MQTT,以新的为准
-- en: When each machine was last heard of, by packets and by MQTT, and its state then
-- seen_s, seen_by: the newer of packet_s (the newest second in the store) and mqtt_s (the newest message), and which of them: packets, mqtt
-- is_online: 1 when the broker says that it is connected and a message came in the last ten minutes of the table asked's now_s
-- activity to blocks_waiting: of its newest state, which was true at state_s; session_*_ppm: of its session then; alarm_*: its newest alarm
-- clock_ahead_s: its clock is ahead of the office's by so much, more than ten minutes: its states and alarms are not taken until it is right
SELECT m.region AS region, m.township AS township, m.co_op AS co_op, m.device AS device, m.plate AS plate, m.name AS name,
  CASE WHEN h.heard_s IS NOT NULL AND (m.last_seen_s IS NULL OR h.heard_s > m.last_seen_s) THEN h.heard_s
    ELSE m.last_seen_s END AS seen_s,
  CASE WHEN h.heard_s IS NOT NULL AND (m.last_seen_s IS NULL OR h.heard_s > m.last_seen_s) THEN 'mqtt'
    WHEN m.last_seen_s IS NOT NULL THEN 'packets' END AS seen_by,
  m.last_seen_s AS packet_s, h.heard_s AS mqtt_s,
  CAST(CASE WHEN h.is_online = 1 AND h.heard_s >= a.now_s - 600 THEN 1
    WHEN h.is_online IS NOT NULL THEN 0 END AS BIGINT) AS is_online,
  h.state_s AS state_s, h.activity AS activity, h.crop AS crop, h.area_m2 AS area_m2, h.loss_ppm AS session_ppm,
  h.loss_lo_ppm AS session_lo_ppm, h.loss_hi_ppm AS session_hi_ppm, h.limit_ppm AS limit_ppm, h.basis AS basis,
  h.blocks_waiting AS blocks_waiting, h.alarm AS alarm, h.alarm_happened AS alarm_happened, h.alarm_level AS alarm_level,
  h.alarm_s AS alarm_s, h.clock_ahead_s AS clock_ahead_s
FROM machines m
LEFT JOIN heard h ON h.device = m.device
CROSS JOIN asked a
ORDER BY m.region, m.township NULLS FIRST, m.co_op NULLS FIRST, m.device

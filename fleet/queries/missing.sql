-- zh: 逾期无数据的机器(登记为应上报,最近几天没有数据)
-- en: Missing machines: expected by the register, without a second in the last days
-- Days: missing_days of the table asked, before its now_s; last_seen_s and silent_s are unknown for one that was never seen
SELECT m.region AS region, m.township AS township, m.co_op AS co_op, m.device AS device, m.plate AS plate, m.name AS name,
  m.last_seen_s AS last_seen_s, CAST(a.now_s - m.last_seen_s AS BIGINT) AS silent_s
FROM machines m
CROSS JOIN asked a
WHERE m.is_expected = 1 AND (m.last_seen_s IS NULL OR m.last_seen_s < a.now_s - a.missing_days * 86400)
ORDER BY m.region, m.township NULLS FIRST, m.co_op NULLS FIRST, m.device

-- zh: 每天、每种作物、各乡镇、各合作社:面积、工时、粮食、损失
-- en: Per day, crop, township and co-op: area, hours, grain and loss
-- day, crop, township, co_op: township as entered for the session; both may be unknown
-- sessions, sessions_known: all that count; those with a known loss. The loss and known_* are of the latter only
-- loss_lo_dg, loss_hi_dg: sums of the ends of the sessions' 90 % intervals, as if all erred together
-- model_only, sensed, calibrated, fault: sessions whose loss rests on that
SELECT s.day AS day, s.crop AS crop, s.township AS township, m.co_op AS co_op,
  CAST(COUNT(*) AS BIGINT) AS sessions,
  CAST(COUNT(s.loss_dg) AS BIGINT) AS sessions_known,
  CAST(COUNT(DISTINCT s.device) AS BIGINT) AS machines,
  CAST(SUM(s.cutting_s) AS BIGINT) AS cutting_s,
  CAST(SUM(s.area_dm2) AS BIGINT) AS area_dm2,
  CAST(SUM(s.grain_g) AS BIGINT) AS grain_g,
  CAST(SUM(s.loss_dg) AS BIGINT) AS loss_dg,
  CAST(SUM(s.loss_lo_dg) AS BIGINT) AS loss_lo_dg,
  CAST(SUM(s.loss_hi_dg) AS BIGINT) AS loss_hi_dg,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.grain_g END) AS BIGINT) AS known_grain_g,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.area_dm2 END) AS BIGINT) AS known_area_dm2,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'model-only' THEN 1 ELSE 0 END) AS BIGINT) AS model_only,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'sensed' THEN 1 ELSE 0 END) AS BIGINT) AS sensed,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'calibrated' THEN 1 ELSE 0 END) AS BIGINT) AS calibrated,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'fault' THEN 1 ELSE 0 END) AS BIGINT) AS fault,
  CAST(SUM(s.alarms) AS BIGINT) AS alarms
FROM sessions s
LEFT JOIN machines m ON m.device = s.device
WHERE s.counts = 1
GROUP BY s.day, s.crop, s.township, m.co_op
ORDER BY s.day, s.crop, s.township NULLS FIRST, m.co_op NULLS FIRST

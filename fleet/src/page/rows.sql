-- zh: 办公页面的合计:每天、地区、乡镇、合作社、作物、机器一行
-- en: Sums for the office's page: one row for each day, region, township, co-op, crop and machine
SELECT s.day AS day, s.region AS region, s.township AS township, m.co_op AS co_op, s.crop AS crop,
  s.device AS device, s.limit_ppm AS limit_ppm,
  CAST(COUNT(*) AS BIGINT) AS sessions,
  CAST(COUNT(s.loss_dg) AS BIGINT) AS sessions_known,
  CAST(SUM(s.cutting_s) AS BIGINT) AS cutting_s,
  CAST(SUM(s.area_dm2) AS BIGINT) AS area_dm2,
  CAST(SUM(s.grain_g) AS BIGINT) AS grain_g,
  CAST(SUM(s.loss_dg) AS BIGINT) AS loss_dg,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.loss_lo_dg END) AS BIGINT) AS loss_lo_dg,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.loss_hi_dg END) AS BIGINT) AS loss_hi_dg,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.grain_g END) AS BIGINT) AS known_grain_g,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL THEN s.area_dm2 END) AS BIGINT) AS known_area_dm2,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'model-only' THEN 1 ELSE 0 END) AS BIGINT) AS model_only,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'sensed' THEN 1 ELSE 0 END) AS BIGINT) AS sensed,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'calibrated' THEN 1 ELSE 0 END) AS BIGINT) AS calibrated,
  CAST(SUM(CASE WHEN s.loss_dg IS NOT NULL AND s.basis = 'fault' THEN 1 ELSE 0 END) AS BIGINT) AS fault,
  CAST(SUM(s.turning_cuts) AS BIGINT) AS turning_cuts,
  CAST(SUM(s.luggings) AS BIGINT) AS luggings,
  CAST(SUM(s.alarms) AS BIGINT) AS alarms
FROM sessions s
LEFT JOIN machines m ON m.device = s.device
WHERE s.counts = 1
GROUP BY s.day, s.region, s.township, m.co_op, s.crop, s.device, s.limit_ppm
ORDER BY s.day, s.region, township NULLS FIRST, m.co_op NULLS FIRST, s.crop, s.device, s.limit_ppm NULLS FIRST

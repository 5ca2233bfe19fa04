-- zh: 办公页面的机手合计
-- en: Sums of drivers for the office's page
SELECT d.day AS day, d.region AS region, s.township AS township, m.co_op AS co_op, d.crop AS crop,
  CASE WHEN d.driver LIKE 'driver-%' THEN NULL ELSE d.driver END AS driver, s.limit_ppm AS limit_ppm,
  CAST(COUNT(*) AS BIGINT) AS sessions,
  CAST(COUNT(d.loss_dg) AS BIGINT) AS sessions_known,
  CAST(SUM(d.cutting_s) AS BIGINT) AS cutting_s,
  CAST(SUM(d.area_dm2) AS BIGINT) AS area_dm2,
  CAST(SUM(d.grain_g) AS BIGINT) AS grain_g,
  CAST(SUM(d.loss_dg) AS BIGINT) AS loss_dg,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL THEN d.loss_lo_dg END) AS BIGINT) AS loss_lo_dg,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL THEN d.loss_hi_dg END) AS BIGINT) AS loss_hi_dg,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL THEN d.grain_g END) AS BIGINT) AS known_grain_g,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL THEN d.area_dm2 END) AS BIGINT) AS known_area_dm2,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL AND d.basis = 'model-only' THEN 1 ELSE 0 END) AS BIGINT) AS model_only,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL AND d.basis = 'sensed' THEN 1 ELSE 0 END) AS BIGINT) AS sensed,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL AND d.basis = 'calibrated' THEN 1 ELSE 0 END) AS BIGINT) AS calibrated,
  CAST(SUM(CASE WHEN d.loss_dg IS NOT NULL AND d.basis = 'fault' THEN 1 ELSE 0 END) AS BIGINT) AS fault,
  CAST(SUM(d.turning_cuts) AS BIGINT) AS turning_cuts,
  CAST(SUM(d.luggings) AS BIGINT) AS luggings,
  CAST(SUM(d.alarms) AS BIGINT) AS alarms
FROM drivers d
JOIN sessions s ON s.device = d.device AND s.session = d.session
LEFT JOIN machines m ON m.device = d.device
WHERE d.counts = 1
GROUP BY d.day, d.region, s.township, m.co_op, d.crop,
  CASE WHEN d.driver LIKE 'driver-%' THEN NULL ELSE d.driver END, s.limit_ppm
ORDER BY d.day, d.region, township NULLS FIRST, m.co_op NULLS FIRST, d.crop, driver NULLS FIRST, s.limit_ppm NULLS FIRST

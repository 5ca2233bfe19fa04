-- zh: 每种作物、每名机手:面积、工时、粮食、损失、操作问题
-- en: Per crop and driver: area, hours, grain, loss and faults
-- crop, co_op, driver: unknown for all who gave no name, summed in one row for each co-op
-- The loss and known_* are of the spans with a known loss; lo and hi are sums of the ends of the 90 % intervals
WITH named AS (
  SELECT d.crop AS crop, m.co_op AS co_op,
    CASE WHEN d.driver LIKE 'driver-%' THEN NULL ELSE d.driver END AS driver,
    d.cutting_s AS cutting_s, d.area_dm2 AS area_dm2, d.grain_g AS grain_g,
    d.loss_dg AS loss_dg, d.loss_lo_dg AS loss_lo_dg, d.loss_hi_dg AS loss_hi_dg, d.basis AS basis,
    d.turning_cuts AS turning_cuts, d.luggings AS luggings, d.alarms AS alarms
  FROM drivers d
  LEFT JOIN machines m ON m.device = d.device
  WHERE d.counts = 1
)
SELECT n.crop AS crop, n.co_op AS co_op, n.driver AS driver,
  CAST(COUNT(*) AS BIGINT) AS sessions,
  CAST(COUNT(n.loss_dg) AS BIGINT) AS sessions_known,
  CAST(SUM(n.cutting_s) AS BIGINT) AS cutting_s,
  CAST(SUM(n.area_dm2) AS BIGINT) AS area_dm2,
  CAST(SUM(n.grain_g) AS BIGINT) AS grain_g,
  CAST(SUM(n.loss_dg) AS BIGINT) AS loss_dg,
  CAST(SUM(n.loss_lo_dg) AS BIGINT) AS loss_lo_dg,
  CAST(SUM(n.loss_hi_dg) AS BIGINT) AS loss_hi_dg,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL THEN n.grain_g END) AS BIGINT) AS known_grain_g,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL THEN n.area_dm2 END) AS BIGINT) AS known_area_dm2,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL AND n.basis = 'model-only' THEN 1 ELSE 0 END) AS BIGINT) AS model_only,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL AND n.basis = 'sensed' THEN 1 ELSE 0 END) AS BIGINT) AS sensed,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL AND n.basis = 'calibrated' THEN 1 ELSE 0 END) AS BIGINT) AS calibrated,
  CAST(SUM(CASE WHEN n.loss_dg IS NOT NULL AND n.basis = 'fault' THEN 1 ELSE 0 END) AS BIGINT) AS fault,
  CAST(SUM(n.turning_cuts) AS BIGINT) AS turning_cuts,
  CAST(SUM(n.luggings) AS BIGINT) AS luggings,
  CAST(SUM(n.alarms) AS BIGINT) AS alarms
FROM named n
GROUP BY n.crop, n.co_op, n.driver
ORDER BY n.crop, n.co_op NULLS FIRST, n.driver NULLS FIRST

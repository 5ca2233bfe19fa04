-- zh: 机手培训前后对比(同作物、同依据)
-- en: Drivers before and after a training: same crop, same basis
-- One row for each training, crop and basis, of drivers who gave their name; the day of the training is on neither side
-- before_*, after_*: sums over sessions with a known loss; squares and product give the interval; faults: cuts in turns and lugging
WITH one AS (
  SELECT t.driver AS driver, t.co_op AS co_op, t.day AS trained_day, d.crop AS crop, d.basis AS basis,
    CASE WHEN d.day < t.day THEN 0 ELSE 1 END AS side,
    d.cutting_s AS cutting_s, d.grain_g AS grain_g, d.loss_dg AS loss_dg, d.loss_lo_dg AS loss_lo_dg,
    d.loss_hi_dg AS loss_hi_dg, d.turning_cuts + d.luggings AS faults, d.alarms AS alarms
  FROM drivers d
  JOIN machines m ON m.device = d.device
  JOIN trainings t ON t.driver = d.driver AND COALESCE(t.co_op, '') = COALESCE(m.co_op, '')
  WHERE d.counts = 1 AND d.loss_dg IS NOT NULL AND d.grain_g > 0 AND d.day <> t.day
)
SELECT o.driver AS driver, o.co_op AS co_op, o.trained_day AS trained_day, o.crop AS crop, o.basis AS basis,
  CAST(SUM(CASE WHEN o.side = 0 THEN 1 ELSE 0 END) AS BIGINT) AS before_sessions,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.cutting_s ELSE 0 END) AS BIGINT) AS before_cutting_s,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.grain_g ELSE 0 END) AS BIGINT) AS before_grain_g,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.loss_dg ELSE 0 END) AS BIGINT) AS before_loss_dg,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.loss_lo_dg ELSE 0 END) AS BIGINT) AS before_loss_lo_dg,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.loss_hi_dg ELSE 0 END) AS BIGINT) AS before_loss_hi_dg,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.grain_g * o.grain_g ELSE 0 END) AS BIGINT) AS before_grain_grain,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.grain_g * o.loss_dg ELSE 0 END) AS BIGINT) AS before_grain_loss,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.loss_dg * o.loss_dg ELSE 0 END) AS BIGINT) AS before_loss_loss,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.faults ELSE 0 END) AS BIGINT) AS before_faults,
  CAST(SUM(CASE WHEN o.side = 0 THEN o.alarms ELSE 0 END) AS BIGINT) AS before_alarms,
  CAST(SUM(CASE WHEN o.side = 1 THEN 1 ELSE 0 END) AS BIGINT) AS after_sessions,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.cutting_s ELSE 0 END) AS BIGINT) AS after_cutting_s,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.grain_g ELSE 0 END) AS BIGINT) AS after_grain_g,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.loss_dg ELSE 0 END) AS BIGINT) AS after_loss_dg,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.loss_lo_dg ELSE 0 END) AS BIGINT) AS after_loss_lo_dg,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.loss_hi_dg ELSE 0 END) AS BIGINT) AS after_loss_hi_dg,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.grain_g * o.grain_g ELSE 0 END) AS BIGINT) AS after_grain_grain,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.grain_g * o.loss_dg ELSE 0 END) AS BIGINT) AS after_grain_loss,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.loss_dg * o.loss_dg ELSE 0 END) AS BIGINT) AS after_loss_loss,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.faults ELSE 0 END) AS BIGINT) AS after_faults,
  CAST(SUM(CASE WHEN o.side = 1 THEN o.alarms ELSE 0 END) AS BIGINT) AS after_alarms
FROM one o
GROUP BY o.driver, o.co_op, o.trained_day, o.crop, o.basis
ORDER BY o.driver, o.co_op NULLS FIRST, o.trained_day, o.crop, o.basis NULLS FIRST

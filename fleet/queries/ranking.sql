-- zh: 同喂入量、同水分下各机器的损失排名
-- en: Machines ranked by loss at equal feed rate and moisture
-- One row for each machine and stratum: crop, feed rate (classes of 0.5 kg/s), moisture (classes of three points), basis
-- Sums over the machine's sessions of grain (g), loss (0.1 g), and their squares and product: from these a ratio and its interval
WITH settled AS (
  SELECT x.crop AS crop, x.device AS device, x.session AS session,
    CAST(x.feed_g_s - x.feed_g_s % 500 AS BIGINT) AS feed_from_g_s,
    CAST(x.moisture_bp - x.moisture_bp % 300 AS BIGINT) AS moisture_from_bp,
    x.basis_header AS basis_header, x.basis_rear AS basis_rear,
    x.grain_g AS grain_g, x.header_loss_dg + x.rear_loss_dg AS loss_dg
  FROM seconds x
  JOIN sessions s ON s.device = x.device AND s.session = x.session
  WHERE s.counts = 1 AND s.loss_dg IS NOT NULL AND x.state = 'cutting' AND x.feed_g_s > 0 AND x.moisture_bp > 0
),
visits AS (
  SELECT t.crop AS crop, t.device AS device, t.session AS session, t.feed_from_g_s AS feed_from_g_s,
    t.moisture_from_bp AS moisture_from_bp, t.basis_header AS basis_header, t.basis_rear AS basis_rear,
    CAST(COUNT(*) AS BIGINT) AS n, CAST(SUM(t.grain_g) AS BIGINT) AS grain, CAST(SUM(t.loss_dg) AS BIGINT) AS loss
  FROM settled t
  GROUP BY t.crop, t.device, t.session, t.feed_from_g_s, t.moisture_from_bp, t.basis_header, t.basis_rear
)
SELECT v.crop AS crop, v.feed_from_g_s AS feed_from_g_s, v.moisture_from_bp AS moisture_from_bp,
  v.basis_header AS basis_header, v.basis_rear AS basis_rear, v.device AS device, m.plate AS plate, m.co_op AS co_op,
  CAST(COUNT(*) AS BIGINT) AS sessions,
  CAST(SUM(v.n) AS BIGINT) AS seconds,
  CAST(SUM(v.grain) AS BIGINT) AS grain_g,
  CAST(SUM(v.loss) AS BIGINT) AS loss_dg,
  CAST(SUM(v.grain * v.grain) AS BIGINT) AS grain_grain,
  CAST(SUM(v.grain * v.loss) AS BIGINT) AS grain_loss,
  CAST(SUM(v.loss * v.loss) AS BIGINT) AS loss_loss
FROM visits v
LEFT JOIN machines m ON m.device = v.device
GROUP BY v.crop, v.feed_from_g_s, v.moisture_from_bp, v.basis_header, v.basis_rear, v.device, m.plate, m.co_op
ORDER BY v.crop, v.feed_from_g_s, v.moisture_from_bp, v.basis_header NULLS FIRST, v.basis_rear NULLS FIRST, v.device

-- zh: 人工监测点与同一作业的机载估计对照
-- en: Points measured by hand, beside the machine's estimate of the same session
-- One row for each point that holds: point is its number in journal, of which a machine may have several; measured_ppm of the grain; sensor_*: of the session that covers the plot, else unknown
SELECT p.crop AS crop, p.day AS day, p.township AS township, m.co_op AS co_op, p.device AS device, p.point AS point,
  p.field AS field, p.session AS session, p.loss_ppm AS measured_ppm, p.loss_mg_m2 AS measured_mg_m2,
  p.yield_g_m2 AS yield_g_m2, s.grain_g AS sensor_grain_g, s.loss_dg AS sensor_loss_dg, s.loss_lo_dg AS sensor_loss_lo_dg,
  s.loss_hi_dg AS sensor_loss_hi_dg, s.basis AS basis, p.journal AS journal
FROM points p
LEFT JOIN sessions s ON s.device = p.device AND s.session = p.session
LEFT JOIN machines m ON m.device = p.device
WHERE p.counts = 1
ORDER BY p.crop, p.day, p.device, p.point, p.journal NULLS FIRST

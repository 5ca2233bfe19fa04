-- zh: 每天、每块地的损失图(10 米网格)
-- en: Map of loss per day and field, in cells of 10 m
-- cell_north, cell_east: whole tens of metres as in the table seconds; field and township may be unknown
-- seconds: cutting seconds of sessions with a known loss; the loss is where the machine was when it left it
SELECT x.crop AS crop, x.day AS day, s.township AS township, s.field AS field,
  x.cell_north AS cell_north, x.cell_east AS cell_east,
  CAST(COUNT(*) AS BIGINT) AS seconds,
  CAST(SUM(x.grain_g) AS BIGINT) AS known_grain_g,
  CAST(SUM(x.header_loss_dg) AS BIGINT) AS header_loss_dg,
  CAST(SUM(x.rear_loss_dg) AS BIGINT) AS rear_loss_dg,
  CAST(SUM(x.header_loss_dg + x.rear_loss_dg) AS BIGINT) AS loss_dg
FROM seconds x
JOIN sessions s ON s.device = x.device AND s.session = x.session
WHERE s.counts = 1 AND s.loss_dg IS NOT NULL AND x.state = 'cutting' AND x.cell_north IS NOT NULL AND x.cell_east IS NOT NULL
GROUP BY x.crop, x.day, s.township, s.field, x.cell_north, x.cell_east
ORDER BY x.crop, x.day, s.township NULLS FIRST, s.field NULLS FIRST, x.cell_north, x.cell_east

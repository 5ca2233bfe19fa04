-- zh: 每次作业所在的矩形范围和损失,用于地图
-- en: The rectangle that each session was cut in, and its loss, for the map
WITH place AS (
  SELECT x.device AS device, x.session AS session,
    CAST(MIN(x.latitude_e7) AS BIGINT) AS south_e7, CAST(MAX(x.latitude_e7) AS BIGINT) AS north_e7,
    CAST(MIN(x.longitude_e7) AS BIGINT) AS west_e7, CAST(MAX(x.longitude_e7) AS BIGINT) AS east_e7
  FROM seconds x
  WHERE x.state = 'cutting' AND x.latitude_e7 IS NOT NULL AND x.longitude_e7 IS NOT NULL
  GROUP BY x.device, x.session
)
SELECT s.day AS day, s.region AS region, s.township AS township, m.co_op AS co_op, s.crop AS crop,
  s.device AS device, s.limit_ppm AS limit_ppm, s.area_dm2 AS area_dm2,
  CASE WHEN s.loss_dg IS NOT NULL THEN s.grain_g END AS known_grain_g,
  s.loss_dg AS loss_dg, s.loss_lo_dg AS loss_lo_dg, s.loss_hi_dg AS loss_hi_dg,
  p.south_e7 AS south_e7, p.north_e7 AS north_e7, p.west_e7 AS west_e7, p.east_e7 AS east_e7
FROM sessions s
JOIN place p ON p.device = s.device AND p.session = s.session
LEFT JOIN machines m ON m.device = s.device
WHERE s.counts = 1
ORDER BY s.day, s.region, s.device, s.session

-- zh: 同型机器可借用的标定(每台机器每种作物最新的一份)
-- en: Calibrations that a sister machine may use: the newest of each machine, profile and crop
-- One row each; it fits machines of the same profile, for that crop, at loads (millionths of ordinary load) and moisture (0.01 %) as given
WITH numbered AS (
  SELECT c.crop AS crop, c.profile AS profile, c.device AS device, c.t_s AS t_s, c.rear_pans AS rear_pans,
    c.header_pans AS header_pans, c.load_lo_ppm AS load_lo_ppm, c.load_hi_ppm AS load_hi_ppm,
    c.moisture_lo_bp AS moisture_lo_bp, c.moisture_hi_bp AS moisture_hi_bp, c.sha256 AS sha256, c.learned AS learned,
    ROW_NUMBER() OVER (PARTITION BY c.crop, c.profile, c.device ORDER BY c.t_s DESC, c.sha256) AS place
  FROM calibrations c
)
SELECT n.crop AS crop, n.profile AS profile, n.device AS device, m.plate AS plate, m.co_op AS co_op, n.t_s AS t_s,
  n.rear_pans AS rear_pans, n.header_pans AS header_pans, n.load_lo_ppm AS load_lo_ppm, n.load_hi_ppm AS load_hi_ppm,
  n.moisture_lo_bp AS moisture_lo_bp, n.moisture_hi_bp AS moisture_hi_bp, n.sha256 AS sha256, n.learned AS learned
FROM numbered n
LEFT JOIN machines m ON m.device = n.device
WHERE n.place = 1
ORDER BY n.crop, n.profile, n.device

-- zh: 每种作物、各合作社的操作习惯:每小时次数及其代价
-- en: Habits per crop and co-op: how often in an hour, and what they cost
-- crop, co_op, habit; n: how often; cutting_s: all cutting of that crop and co-op, with the habit or without
-- cost_dg, cost_lo_dg, cost_hi_dg: over the rows whose cost can be told; untold: rows whose cost cannot; priced: rows whose cost can
WITH work AS (
  SELECT s.crop AS crop, m.co_op AS co_op, CAST(SUM(s.cutting_s) AS BIGINT) AS cutting_s
  FROM sessions s
  LEFT JOIN machines m ON m.device = s.device
  WHERE s.counts = 1
  GROUP BY s.crop, m.co_op
),
found AS (
  SELECT h.crop AS crop, m.co_op AS co_op, h.habit AS habit,
    CAST(SUM(h.n) AS BIGINT) AS n,
    CAST(SUM(h.duration_ms) AS BIGINT) AS duration_ms,
    CAST(SUM(h.cost_dg) AS BIGINT) AS cost_dg,
    CAST(SUM(h.cost_lo_dg) AS BIGINT) AS cost_lo_dg,
    CAST(SUM(h.cost_hi_dg) AS BIGINT) AS cost_hi_dg,
    CAST(COUNT(h.cost_dg) AS BIGINT) AS priced,
    CAST(SUM(CASE WHEN h.cost_dg IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS untold
  FROM habits h
  LEFT JOIN machines m ON m.device = h.device
  WHERE h.counts = 1
  GROUP BY h.crop, m.co_op, h.habit
)
SELECT f.crop AS crop, f.co_op AS co_op, f.habit AS habit, f.n AS n, f.duration_ms AS duration_ms,
  w.cutting_s AS cutting_s, f.cost_dg AS cost_dg, f.cost_lo_dg AS cost_lo_dg, f.cost_hi_dg AS cost_hi_dg,
  f.priced AS priced, f.untold AS untold
FROM found f
LEFT JOIN work w ON w.crop = f.crop AND COALESCE(w.co_op, '') = COALESCE(f.co_op, '')
ORDER BY f.crop, f.co_op NULLS FIRST, f.habit

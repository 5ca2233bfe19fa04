-- zh: 每种作物的报警:种类、级别、次数
-- en: Alarms per crop: which, at what level, how often
-- crop, alarm, level (1 low, 2 medium, 3 high), n: how often raised, machines: on how many, cutting_s: all cutting of that crop
WITH work AS (
  SELECT s.crop AS crop, CAST(SUM(s.cutting_s) AS BIGINT) AS cutting_s
  FROM sessions s
  WHERE s.counts = 1
  GROUP BY s.crop
),
raised AS (
  SELECT e.crop AS crop, e.id AS alarm, e.level AS level,
    CAST(COUNT(*) AS BIGINT) AS n,
    CAST(COUNT(DISTINCT e.device) AS BIGINT) AS machines
  FROM events e
  WHERE e.counts = 1 AND e.kind = 'alarm-raised'
  GROUP BY e.crop, e.id, e.level
)
SELECT r.crop AS crop, r.alarm AS alarm, r.level AS level, r.n AS n, r.machines AS machines, w.cutting_s AS cutting_s
FROM raised r
LEFT JOIN work w ON w.crop = r.crop
ORDER BY r.crop, r.alarm, r.level NULLS FIRST

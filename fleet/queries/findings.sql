-- zh: 未关闭的整改项
-- en: Open findings
-- One row each: finding is its number in journal, of which a machine may have several; value_e6 and above_e6: what was found and what the rule allows, in millionths
SELECT f.crop AS crop, f.day AS day, m.township AS township, m.co_op AS co_op, f.device AS device, m.plate AS plate,
  f.operator AS operator, f.finding AS finding, f.rule AS rule, f.state AS state, f.raised_s AS raised_s,
  f.value_e6 AS value_e6, f.above_e6 AS above_e6, f.journal AS journal
FROM findings f
LEFT JOIN machines m ON m.device = f.device
WHERE f.state <> 'closed'
ORDER BY f.crop, f.day, f.device, f.finding, f.journal NULLS FIRST

WITH upper_level AS (
  SELECT s FROM level GROUP BY s
  HAVING bool_and(o IN (dg('Province'), dg('Prefecture'), dg('County')))
)
SELECT report.s AS focus FROM report JOIN addressed_to USING (s)
ANTI JOIN upper_level ON upper_level.s = addressed_to.o

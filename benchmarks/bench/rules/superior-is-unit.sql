WITH line AS (
  FROM parent_party UNION FROM parent_disc UNION FROM vertical_party UNION FROM vertical_disc
)
SELECT unit.s AS focus FROM unit JOIN line USING (s)
ANTI JOIN unit AS superior ON superior.s = line.o
UNION ALL SELECT unit.s FROM unit JOIN line USING (s) WHERE line.o NOT LIKE '<%'

SELECT s AS focus FROM unit ANTI JOIN label USING (s)
UNION ALL SELECT s FROM unit JOIN label USING (s) GROUP BY s HAVING count(*) > 1
UNION ALL SELECT s FROM unit JOIN label USING (s) WHERE o NOT LIKE '%"'
UNION ALL SELECT s FROM unit JOIN label USING (s) WHERE length(lexical(o)) < 5

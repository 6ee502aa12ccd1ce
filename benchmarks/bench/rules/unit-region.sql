SELECT s AS focus FROM unit JOIN region USING (s) GROUP BY s HAVING count(*) > 1
UNION ALL SELECT s FROM unit JOIN region USING (s)
WHERE NOT regexp_matches(lexical(o), '^[89][0-9]{5}([0-9]{3})?$')

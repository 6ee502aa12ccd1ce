SELECT s AS focus FROM membership ANTI JOIN starts USING (s)
UNION ALL SELECT s FROM membership JOIN starts USING (s) WHERE o NOT LIKE '%#date>'
UNION ALL SELECT s FROM membership JOIN starts USING (s)
WHERE coalesce(try_cast(lexical(o) AS date) >= date '2013-06-01', true)
UNION ALL SELECT s FROM membership JOIN starts USING (s) JOIN ends USING (s)
WHERE coalesce(try_cast(lexical(starts.o) AS date) >= try_cast(lexical(ends.o) AS date), true)

WITH head AS (
  SELECT post.o AS s, count(DISTINCT post.s) AS heads
  FROM organization AS post
  SEMI JOIN (SELECT s FROM principal_head WHERE lexical(o) = 'true') AS heading USING (s)
  GROUP BY post.o
)
SELECT s AS focus FROM unit ANTI JOIN head USING (s)
UNION ALL SELECT s FROM unit JOIN head USING (s) WHERE heads > 1

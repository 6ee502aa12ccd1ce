WITH post AS (
  SELECT DISTINCT has.s, post.o FROM has_membership AS has JOIN organization AS post ON post.s = has.o
)
SELECT s AS focus FROM person ANTI JOIN post USING (s)
UNION ALL SELECT s FROM person JOIN post USING (s) ANTI JOIN unit ON unit.s = post.o

SELECT unit.s AS focus FROM unit JOIN parent_party AS above USING (s)
ANTI JOIN (
  SELECT of.o AS sender, addressed_to.o AS superior
  FROM of_unit AS of
  SEMI JOIN (SELECT s FROM record_kind WHERE o = dg('AnnualReport')) AS yearly USING (s)
  JOIN addressed_to USING (s)
) AS sent ON sent.sender = above.s AND sent.superior = above.o

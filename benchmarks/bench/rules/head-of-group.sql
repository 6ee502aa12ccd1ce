SELECT document.s AS focus
FROM document SEMI JOIN (SELECT s FROM record_kind WHERE o = dg('LeadingGroupEstablishment')) USING (s)
JOIN head USING (s) JOIN of_unit USING (s)
ANTI JOIN (
  SELECT has.s AS person, post.o AS place
  FROM has_membership AS has JOIN organization AS post ON post.s = has.o
  SEMI JOIN (SELECT s FROM principal_head WHERE lexical(o) = 'true') AS heading ON heading.s = has.o
) AS post ON post.person = head.o AND post.place = of_unit.o

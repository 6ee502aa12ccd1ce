SELECT s AS focus FROM unit SEMI JOIN (SELECT s FROM kind WHERE o = dg('LocalPartyCommittee')) USING (s)
ANTI JOIN (
  SELECT of.o AS s FROM of_unit AS of
  SEMI JOIN (SELECT s FROM record_kind WHERE o = dg('LeadingGroupEstablishment')) USING (s)
) USING (s)

SELECT s AS focus FROM unit ANTI JOIN parent_party USING (s)
ANTI JOIN (SELECT s FROM level WHERE o = dg('Province')) USING (s)
SEMI JOIN (
  SELECT s FROM kind WHERE o NOT IN
    (dg('Government'), dg('DisciplineOrgan'), dg('LeadingGroup'), dg('LeadingGroupOffice'))
) USING (s)

SELECT s AS focus FROM triples SEMI JOIN report USING (s)
WHERE p NOT IN (
  '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>', '<http://purl.org/dc/terms/identifier>',
  dg('recordKind'), dg('date'), dg('unit'), dg('addressedTo'), dg('coversYear'), dg('special'),
  dg('ref'), dg('period'), dg('sourceFile'), dg('sourceSheet'), dg('sourceRow')
)

-- What the rules look at, out of the triples: a table of subjects for each class, and a table of
-- subject and object for each property. Terms stay as N-Triples writes them.
CREATE MACRO dg(name) AS '<https://w3id.org/dutygraph/ontology#' || name || '>';
CREATE MACRO lexical(term) AS regexp_extract(term, '^"(.*)"', 1);

CREATE TABLE unit AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = dg('Unit');
CREATE TABLE person AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = dg('Person');
CREATE TABLE filing AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = dg('Filing');
CREATE TABLE document AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = dg('Document');
CREATE TABLE report AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = dg('Report');
CREATE TABLE membership AS SELECT s FROM triples
WHERE p = '<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>' AND o = '<http://www.w3.org/ns/org#Membership>';
CREATE TABLE label AS SELECT s, o FROM triples WHERE p = '<http://www.w3.org/2000/01/rdf-schema#label>';
CREATE TABLE has_membership AS SELECT s, o FROM triples WHERE p = '<http://www.w3.org/ns/org#hasMembership>';
CREATE TABLE organization AS SELECT s, o FROM triples WHERE p = '<http://www.w3.org/ns/org#organization>';
CREATE TABLE region AS SELECT s, o FROM triples WHERE p = dg('region');
CREATE TABLE level AS SELECT s, o FROM triples WHERE p = dg('level');
CREATE TABLE kind AS SELECT s, o FROM triples WHERE p = dg('kind');
CREATE TABLE parent_party AS SELECT s, o FROM triples WHERE p = dg('parentParty');
CREATE TABLE parent_disc AS SELECT s, o FROM triples WHERE p = dg('parentDisc');
CREATE TABLE vertical_party AS SELECT s, o FROM triples WHERE p = dg('verticalParty');
CREATE TABLE vertical_disc AS SELECT s, o FROM triples WHERE p = dg('verticalDisc');
CREATE TABLE starts AS SELECT s, o FROM triples WHERE p = dg('from');
CREATE TABLE ends AS SELECT s, o FROM triples WHERE p = dg('until');
CREATE TABLE principal_head AS SELECT s, o FROM triples WHERE p = dg('principalHead');
CREATE TABLE ref AS SELECT s, o FROM triples WHERE p = dg('ref');
CREATE TABLE addressed_to AS SELECT s, o FROM triples WHERE p = dg('addressedTo');
CREATE TABLE of_unit AS SELECT s, o FROM triples WHERE p = dg('unit');
CREATE TABLE record_kind AS SELECT s, o FROM triples WHERE p = dg('recordKind');
CREATE TABLE date AS SELECT s, o FROM triples WHERE p = dg('date');
CREATE TABLE year AS SELECT s, o FROM triples WHERE p = dg('year');
CREATE TABLE head AS SELECT s, o FROM triples WHERE p = dg('head');

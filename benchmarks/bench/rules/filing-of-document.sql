SELECT s AS focus, 'filed-document' AS shape FROM filing JOIN ref USING (s)
ANTI JOIN document ON document.s = ref.o
UNION ALL SELECT s, 'filed-with' FROM filing ANTI JOIN addressed_to USING (s)
UNION ALL SELECT s, 'filed-with' FROM filing JOIN addressed_to USING (s)
ANTI JOIN unit ON unit.s = addressed_to.o

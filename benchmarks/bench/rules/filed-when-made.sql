SELECT filing.s AS focus FROM filing JOIN date AS filed USING (s) JOIN ref USING (s)
JOIN date AS made ON made.s = ref.o
WHERE CAST(lexical(filed.o) AS date) < CAST(lexical(made.o) AS date)
   OR month(CAST(lexical(filed.o) AS date)) <> month(CAST(lexical(made.o) AS date))

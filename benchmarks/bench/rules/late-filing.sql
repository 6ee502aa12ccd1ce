SELECT s AS focus FROM filing JOIN date USING (s) JOIN year USING (s)
WHERE lexical(date.o) > lexical(year.o) || '-03-31'

-- Equal in {schluessel}: one to one, the n-th with the n-th where several are equal.
INSERT INTO abgleich_paar (art_neu, neu, art_alt, alt, weg)
SELECT n.art, n.ordnung, a.art, a.ordnung, 'gleich'
FROM (SELECT o.*, row_number() OVER (PARTITION BY {partition} ORDER BY o.art, o.ordnung) AS nr FROM abgleich_offen_neu o) n
JOIN (SELECT o.*, row_number() OVER (PARTITION BY {partition} ORDER BY o.art, o.ordnung) AS nr FROM abgleich_offen_alt o) a USING ({schluessel}, nr)

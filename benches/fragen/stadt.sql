-- The town of the benchmark, made in one go: $ bench.ortsteile Ortsteile (25 a row, 2 km each, 400 points),
-- 400 areas of 20 points for each of them (the same warped grid, 37 m aside: every border cuts areas),
-- bench.massnahmen measures of every kind of place, 30 indicators with ten values an Ortsteil, money, milestones.
CREATE FUNCTION pg_temp.o() RETURNS int LANGUAGE sql STABLE AS $$ SELECT current_setting('bench.ortsteile')::int $$;
CREATE FUNCTION pg_temp.m() RETURNS int LANGUAGE sql STABLE AS $$ SELECT current_setting('bench.massnahmen')::int $$;
CREATE FUNCTION pg_temp.nr(art int, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT ('00000000-0000-0000-' || lpad(art::text, 4, '0') || '-' || lpad(n::text, 12, '0'))::uuid $$;
-- A cell of the grid, warped: neighbours share their border to the last bit.
CREATE FUNCTION pg_temp.zelle(x0 float8, y0 float8, seite float8, teile int) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
  SELECT st_multi(st_setsrid(st_makepolygon(st_makeline(array_agg(st_makepoint(x + 40 * sin(y / 170) + 8 * sin(y / 23), y + 40 * sin(x / 150) + 8 * sin(x / 29)) ORDER BY i))), 25832))
  FROM (SELECT i, x0 + seite * least(greatest(least(i, 3 * teile - i), 0), teile) / teile AS x, y0 + seite * least(greatest(least(i - teile, 4 * teile - i), 0), teile) / teile AS y FROM generate_series(0, 4 * teile) i) p $$;

INSERT INTO ortsteil (kennung, name, geom) SELECT 'o' || n, 'Ortsteil ' || n, pg_temp.zelle(600000 + 2000 * (n % 25), 5300000 + 2000 * (n / 25), 2000, 100) FROM generate_series(0, pg_temp.o() - 1) n;
INSERT INTO gemeinde (id, kennung, name, geom) SELECT 1, 'stadt', 'Stadt', st_multi(st_union(geom)) FROM ortsteil;
UPDATE ortsteil SET gemeinde_id = 1;
INSERT INTO plan (id, kennung, name, stand, gemeinde_id) VALUES (pg_temp.nr(1, 1), 'fnp', 'Plan', 'wirksam', 1);
INSERT INTO fassung (id, plan_id, nummer, stand, aktuell, flaeche_m2, geom) SELECT 1, pg_temp.nr(1, 1), 1, 'wirksam', true, st_area(geom), geom FROM gemeinde;
SELECT fnp.fassung_anlegen('fnp', 1);
INSERT INTO flaeche_f1 (fassung_id, ordnung, kennung, nutzung, klasse, codes, rechtsstand, ebene, flaechenschluss, gueltig, flaeche_m2, geom)
  SELECT 1, n * 400 + k, 'f' || n * 400 + k, (ARRAY['W', 'M', 'G', 'gruen', 'landwirtschaft', 'wald'])[1 + (n * 7 + k * 13) % 6], 'FP_Flaeche', '{}', 'bestand', 0, true, true, st_area(geom), geom
  FROM (SELECT n, k, pg_temp.zelle(600037 + 2000 * (n % 25) + 100 * (k % 20), 5300037 + 2000 * (n / 25) + 100 * (k / 20), 100, 5) AS geom
    FROM generate_series(0, pg_temp.o() - 1) n, generate_series(0, 399) k OFFSET 0) x;
CREATE INDEX bench_geom ON flaeche_f1 USING gist (geom);
INSERT INTO anteil_f1 (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2) SELECT * FROM (
  SELECT 1, f.ordnung, o.id, f.nutzung, f.rechtsstand, CASE WHEN st_covers(o.geom, f.geom) THEN f.flaeche_m2 ELSE st_area(st_intersection(f.geom, o.geom)) END AS m2
  FROM ortsteil o JOIN flaeche_f1 f ON st_intersects(o.geom, f.geom)) x WHERE m2 > 0.0001;
DROP INDEX bench_geom;
SELECT fnp.fassung_anhaengen('fnp', 1);
INSERT INTO pruefung (fassung_id, ortsteil_id, gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2) SELECT 1, id, flaeche_m2, 0, 0, 0, 0 FROM ortsteil;

INSERT INTO handlungsfeld (id, kennung, titel, farbe, reihenfolge) SELECT pg_temp.nr(2, n), 'hf' || n, 'Feld ' || n, '#112233', n FROM generate_series(0, 4) n;
INSERT INTO ziel (id, kennung, titel, handlungsfeld_id, ebene) SELECT pg_temp.nr(3, n), 'z' || n, 'Ziel ' || n, pg_temp.nr(2, n % 5), 'strategisch' FROM generate_series(0, 19) n;
INSERT INTO akteur (id, kennung, titel, art) SELECT pg_temp.nr(4, n), 'a' || n, 'Amt ' || n, 'amt' FROM generate_series(0, 11) n;
INSERT INTO ziel_nutzungsart_wirkung (ziel_id, nutzung, wirkung, begruendung) SELECT pg_temp.nr(3, n), u, (n + length(u)) % 5 - 2, 'Satz' FROM generate_series(0, 19) n, unnest(ARRAY['W', 'M', 'G', 'gruen', 'landwirtschaft', 'wald']) u;
INSERT INTO massnahme (id, kennung, nummer, titel, kurztext, art, beginn, ende, umsetzungsphase, beschlussstand, dauerhaft)
  SELECT pg_temp.nr(5, n), 'm' || n, lpad(n::text, 6, '0'), 'Maßnahme ' || n, 'Ein Satz über die Maßnahme.', 'bau', date '2020-01-01' + (n % 2000), date '2026-01-01' + (n * 7 % 4000),
    (ARRAY['nicht_begonnen', 'planung', 'umsetzung'])[1 + n % 3], (ARRAY['idee', 'vorgeschlagen'])[1 + n % 2], n % 50 = 7
  FROM generate_series(0, pg_temp.m() - 1) n;
INSERT INTO ziel_massnahme (massnahme_id, ziel_id, beitrag, haupt) SELECT pg_temp.nr(5, n), pg_temp.nr(3, (n + k * 3) % 20), 2 - k, k = 0 FROM generate_series(0, pg_temp.m() - 1) n, generate_series(0, 1) k;
INSERT INTO zustaendigkeit (id, massnahme_id, akteur_id, rolle) SELECT pg_temp.nr(6, n), pg_temp.nr(5, n), pg_temp.nr(4, n % 12), 'federfuehrend' FROM generate_series(0, pg_temp.m() - 1) n;
INSERT INTO teilschritt (id, kennung, titel, massnahme_id, faellig_am) SELECT pg_temp.nr(7, n * 4 + k), 't' || n || '-' || k, 'Schritt', pg_temp.nr(5, n), date '2023-01-01' + (n * 3 + k * 400) % 3000 FROM generate_series(0, pg_temp.m() - 1) n, generate_series(0, 3) k;
INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand) SELECT pg_temp.nr(8, n * 6 + k), pg_temp.nr(5, n), 2022 + k + n % 4, 'ansatz', 'investition', 1000000 + n * 100 + k, '2024-12-31' FROM generate_series(0, pg_temp.m() - 1) n, generate_series(0, 5) k;

INSERT INTO kennzahl (id, kennung, titel, einheit, richtung) SELECT pg_temp.nr(9, n), 'k' || n, 'Kennzahl ' || n, 'Anzahl', 'steigt' FROM generate_series(0, 29) n;
INSERT INTO kennzahlwert (id, kennzahl_id, ortsteil_id, stichtag, art, wert)
  SELECT gen_random_uuid(), pg_temp.nr(9, n), o.id, w.tag, w.art, w.wert + (n * 7 + coalesce(o.id, 0)) % 13 * 0.7
  -- two thirds have a value of the whole town, the others are known by Ortsteil alone
  FROM generate_series(0, 29) n, (SELECT id FROM ortsteil UNION ALL SELECT NULL) o, (VALUES ('basis', date '2017-12-31', 10.0), ('soll', '2030-12-31', 40)) b (art, tag, wert), LATERAL (SELECT b.art, b.tag, b.wert UNION ALL SELECT 'ist', make_date(y, 12, 31), 10 + (y - 2017) * 2 FROM generate_series(2018, 2025) y WHERE b.art = 'basis') w
  WHERE o.id IS NOT NULL OR n % 3 < 2;
-- Progress is measured by indicators of the whole town: one known by Ortsteil alone means its worst Ortsteil, and costs by their number.
INSERT INTO massnahme_kennzahl (massnahme_id, kennzahl_id, wirkung, misst_fortschritt) SELECT pg_temp.nr(5, n), pg_temp.nr(9, n / 4 % 10 * 3 + n / 40 % 2), 'erhoeht', true FROM generate_series(0, pg_temp.m() - 1, 4) n;
INSERT INTO ziel_kennzahl (ziel_id, kennzahl_id) SELECT pg_temp.nr(3, n % 20), pg_temp.nr(9, n) FROM generate_series(0, 29) n;

-- Last: the trigger derives measure × area and measure × Ortsteil.
INSERT INTO raumbezug (id, massnahme_id, art, ortsteil_id, geom)
  SELECT pg_temp.nr(10, n), pg_temp.nr(5, n), p.art, CASE p.art WHEN 'ortsteil' THEN (SELECT id FROM ortsteil WHERE kennung = 'o' || n / 20 % pg_temp.o()) END,
    CASE p.art WHEN 'punkt' THEN st_multi(p.ort) WHEN 'linie' THEN st_multi(st_makeline(ARRAY[p.ort, st_translate(p.ort, 150, 40), st_translate(p.ort, 300, 0)])) WHEN 'flaeche' THEN st_multi(st_buffer(p.ort, 75, 'quad_segs=5')) END
  FROM generate_series(0, pg_temp.m() - 1) n, LATERAL (SELECT CASE WHEN n % (pg_temp.m() / 20) = 0 THEN 'gesamtstadt' WHEN n % 20 = 1 THEN 'ortsteil' WHEN n % 20 = 2 THEN 'punkt' WHEN n % 20 = 3 THEN 'linie' ELSE 'flaeche' END AS art,
    st_setsrid(st_makepoint(600100 + ((n * 7919.37)::numeric % 49500)::float8, 5300100 + ((n * 104.729 * 31)::numeric % (2000 * ceil(pg_temp.o() / 25.0) - 500))::float8), 25832) AS ort) p;

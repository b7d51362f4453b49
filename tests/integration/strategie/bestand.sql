-- A whole strategy on the town of daten.rs, one statement per `;` at a line's end.
INSERT INTO akteur (id, kennung, titel, art) VALUES ('00000000-0000-0000-0001-000000000001', 'a-bau', 'Referat Bauen', 'amt'), ('00000000-0000-0000-0001-000000000002', 'a-verein', 'Dorfverein', 'verein');
INSERT INTO beschluss (id, kennung, titel, gremium, datum, drucksache, oeffentlich, url) VALUES
  ('00000000-0000-0000-0002-000000000001', 'b-treff', 'Bau des Dorftreffs', 'Stadtrat', '2024-02-14', '2024/17', true, 'https://rat.example/17'),
  ('00000000-0000-0000-0002-000000000002', 'b-geheim', 'Grunderwerb Alte Schule', 'Stadtrat', '2024-02-14', '2024/18', false, NULL);
INSERT INTO strategie (id, kennung, titel) VALUES ('00000000-0000-0000-0003-000000000001', 's-2035', 'Stadt 2035');
INSERT INTO strategiefassung (id, kennung, titel, strategie_id, zeithorizont, gueltig, zustand) VALUES
  ('00000000-0000-0000-0004-000000000001', 'sf-1', 'Erste Fassung', '00000000-0000-0000-0003-000000000001', 2035, '[2024-01-01,)', 'beschlossen');
INSERT INTO leitlinie (id, kennung, titel, text, strategiefassung_id, rang) VALUES ('00000000-0000-0000-0005-000000000001', 'll-1', 'Gemeinsam', 'Mit allen Ortsteilen.', '00000000-0000-0000-0004-000000000001', 1);
INSERT INTO handlungsfeld (id, kennung, nummer, titel, farbe, reihenfolge, akteur_id) VALUES
  ('00000000-0000-0000-0006-000000000001', 'hf-wohnen', 'HF1', 'Bauen und Wohnen', '#C0582B', 1, '00000000-0000-0000-0001-000000000001'), ('00000000-0000-0000-0006-000000000002', 'hf-kultur', 'HF2', 'Kultur und Freizeit', '#8E44AD', 2, NULL);
INSERT INTO ziel (id, kennung, nummer, titel, text, handlungsfeld_id, ebene, uebergeordnet_id, zieljahr, gewicht, zustand, strategiefassung_id) VALUES
  ('00000000-0000-0000-0007-000000000001', 'sz-flaeche', '1.1', 'Innen vor außen', 'Weniger Boden je Jahr.', '00000000-0000-0000-0006-000000000001', 'strategisch', NULL, 2035, 2, 'beschlossen', '00000000-0000-0000-0004-000000000001'),
  ('00000000-0000-0000-0007-000000000002', 'sz-treff', '2.1', 'Treffpunkte in jedem Dorf', NULL, '00000000-0000-0000-0006-000000000002', 'strategisch', NULL, 2035, 1, 'beschlossen', '00000000-0000-0000-0004-000000000001'),
  ('00000000-0000-0000-0007-000000000003', 'oz-treff', '2.1.1', 'Ein Treff je Ortsteil', NULL, '00000000-0000-0000-0006-000000000002', 'operativ', '00000000-0000-0000-0007-000000000002', 2030, 1, 'entwurf', NULL);
INSERT INTO ziel_nutzungsart_wirkung (ziel_id, nutzung, wirkung, begruendung) VALUES
  ('00000000-0000-0000-0007-000000000001', 'G', -2, 'Neue Gewerbeflächen verbrauchen Boden.'), ('00000000-0000-0000-0007-000000000002', 'G', 1, 'Vereinsräume im Gewerbe.'), ('00000000-0000-0000-0007-000000000002', 'gruen', 2, 'Plätze im Grünen.');
INSERT INTO verweis (plan_id, kennung, fassung_id, nutzung, flaeche_m2, geom) SELECT '00000000-0000-0000-0000-0000000000a1', kennung, 7, nutzung, flaeche_m2, geom FROM flaeche WHERE kennung = 'a.g1';
INSERT INTO produkt (id, kennung, nummer, titel, ebene, rahmen_fassung) VALUES ('00000000-0000-0000-0008-000000000001', 'p-573', '573', 'Allgemeine Einrichtungen', 'produktgruppe', '2024');
INSERT INTO massnahme (id, kennung, nummer, titel, kurztext, art, beginn, ende, leitprojekt, beschlussstand, umsetzungsphase, intern_notiz, produkt_id) VALUES
  ('00000000-0000-0000-0009-000000000001', 'm-treff', 'M-01', 'Dorftreff <Alte Schule>', 'Saal, Küche und Büro', 'bau', '2024-03-01', '2028-10-31', true, 'beschlossen', 'planung', 'nur intern', '00000000-0000-0000-0008-000000000001'),
  ('00000000-0000-0000-0009-000000000002', 'm-weg', 'M-02', 'Radweg', NULL, 'bau', '2024-01-01', '2026-12-31', false, 'geprueft', 'vorbereitung', NULL, NULL),
  ('00000000-0000-0000-0009-000000000003', 'm-gewerbe', 'M-03', 'Gewerbefläche Mitte', NULL, 'planung', NULL, NULL, false, 'idee', 'nicht_begonnen', NULL, NULL),
  ('00000000-0000-0000-0009-000000000004', 'm-satzung', 'M-04', 'Stellplatzsatzung', NULL, 'satzung', NULL, NULL, false, 'idee', 'nicht_begonnen', NULL, NULL),
  ('00000000-0000-0000-0009-000000000005', 'm-pflege', 'M-05', 'Quartierspflege', NULL, 'programm', NULL, NULL, false, 'idee', 'betrieb', NULL, NULL),
  ('00000000-0000-0000-0009-000000000006', 'm-digital', 'M-06', 'Digitale Akte', NULL, 'organisation', NULL, NULL, false, 'idee', 'nicht_begonnen', NULL, NULL),
  ('00000000-0000-0000-0009-000000000007', 'm-entwurf', 'M-07', 'Dorfladen', NULL, 'bau', NULL, NULL, false, 'idee', 'nicht_begonnen', NULL, NULL),
  ('00000000-0000-0000-0009-000000000008', 'm-doerfer', 'M-08', 'Dorfgespräche', NULL, 'programm', NULL, NULL, false, 'idee', 'umsetzung', NULL, NULL);
INSERT INTO ziel_massnahme (massnahme_id, ziel_id, beitrag, haupt) VALUES
  ('00000000-0000-0000-0009-000000000001', '00000000-0000-0000-0007-000000000003', 2, true), ('00000000-0000-0000-0009-000000000001', '00000000-0000-0000-0007-000000000002', 1, false),
  ('00000000-0000-0000-0009-000000000002', '00000000-0000-0000-0007-000000000002', 1, true), ('00000000-0000-0000-0009-000000000003', '00000000-0000-0000-0007-000000000001', -2, false),
  ('00000000-0000-0000-0009-000000000004', '00000000-0000-0000-0007-000000000001', 1, true), ('00000000-0000-0000-0009-000000000007', '00000000-0000-0000-0007-000000000003', 1, true);
INSERT INTO raumbezug (id, massnahme_id, art, ortsteil_id, plan_id, flaeche_kennung, geom, grund, genauigkeit) SELECT gen_random_uuid(), ('00000000-0000-0000-0009-00000000000' || m)::uuid, art, ortsteil, plan::uuid, flaeche, st_setsrid(wkt::geometry, 25832), grund, genauigkeit FROM (VALUES
  (1, 'punkt', NULL::int, NULL, NULL, 'MULTIPOINT (640250 5324500)', NULL, 'lagegenau'), (2, 'linie', NULL, NULL, NULL, 'MULTILINESTRING ((640250 5324100, 641750 5324100))', NULL, 'schematisch'),
  (3, 'fnp_flaeche', NULL, '00000000-0000-0000-0000-0000000000a1', 'a.g1', NULL, NULL, 'lagegenau'), (4, 'gesamtstadt', NULL, NULL, NULL, NULL, NULL, 'lagegenau'), (5, 'ortsteil', 2, NULL, NULL, NULL, NULL, 'ortsteilgenau'),
  (6, 'unverortet', NULL, NULL, NULL, NULL, 'Wirkt in der Verwaltung.', 'lagegenau'), (7, 'punkt', NULL, NULL, NULL, 'MULTIPOINT (640300 5324500)', NULL, 'lagegenau'),
  (8, 'ortsteil', 1, NULL, NULL, NULL, NULL, 'ortsteilgenau'), (8, 'ortsteil', 2, NULL, NULL, NULL, NULL, 'ortsteilgenau')) x (m, art, ortsteil, plan, flaeche, wkt, grund, genauigkeit);
INSERT INTO beschluss_bezug (id, beschluss_id, massnahme_id, wirkung) VALUES (gen_random_uuid(), '00000000-0000-0000-0002-000000000001', '00000000-0000-0000-0009-000000000001', 'beschliesst'),
  (gen_random_uuid(), '00000000-0000-0000-0002-000000000002', '00000000-0000-0000-0009-000000000001', 'finanziert');
INSERT INTO beschluss_bezug (id, beschluss_id, ziel_id, wirkung) VALUES (gen_random_uuid(), '00000000-0000-0000-0002-000000000001', '00000000-0000-0000-0007-000000000002', 'beschliesst');
INSERT INTO beschluss_bezug (id, beschluss_id, gebiet_id, wirkung) VALUES (gen_random_uuid(), '00000000-0000-0000-0002-000000000001', '00000000-0000-0000-0000-0000000000b1', 'finanziert');
INSERT INTO gebiet_massnahme (gebiet_id, massnahme_id) VALUES ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0009-000000000001'), ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0009-000000000005');
INSERT INTO teilschritt (id, kennung, titel, massnahme_id, faellig_am, erledigt_am, zustand, gewicht) VALUES
  (gen_random_uuid(), 'ms-1', 'Machbarkeit', '00000000-0000-0000-0009-000000000001', '2024-09-30', '2024-09-15', 'erledigt', 1), (gen_random_uuid(), 'ms-2', 'Entwurf', '00000000-0000-0000-0009-000000000001', '2025-05-31', NULL, 'in_arbeit', 1),
  (gen_random_uuid(), 'ms-3', 'Bau', '00000000-0000-0000-0009-000000000001', '2028-10-31', NULL, 'offen', 2);
INSERT INTO kennzahl (id, kennung, nummer, titel, definition, einheit, richtung, quelle, berechnung) VALUES
  ('00000000-0000-0000-000a-000000000001', 'k-flaeche', 'K-01', 'Neu in Anspruch genommene Fläche', 'Neue Siedlungsfläche je Jahr', 'ha/a', 'sinkt', 'Eigene Erhebung', 'Summe der neuen Bauflächen'),
  ('00000000-0000-0000-000a-000000000002', 'k-treff', 'K-02', 'Treffpunkte', NULL, 'Treffpunkte', 'steigt', NULL, NULL), ('00000000-0000-0000-000a-000000000003', 'k-geheim', 'K-03', 'Noch nicht freigegeben', NULL, '%', 'steigt', NULL, NULL);
INSERT INTO kennzahlwert (id, kennzahl_id, ortsteil_id, stichtag, art, wert, status, quelle) SELECT gen_random_uuid(), ('00000000-0000-0000-000a-00000000000' || k)::uuid, o, tag::date, art, wert, status, quelle FROM (VALUES
  (1, NULL::int, '2018-12-31', 'basis', 5.0, 'geprueft', NULL), (1, NULL, '2030-12-31', 'soll', 2.0, 'geprueft', NULL), (1, NULL, '2020-12-31', 'ist', 4.6, 'geprueft', 'Bericht 2020'), (1, NULL, '2024-12-31', 'ist', 4.2, 'vorlaeufig', 'Bericht 2024'),
  (1, NULL, '2026-12-31', 'prognose', 3.8, 'vorlaeufig', NULL),
  (2, 1, '2018-12-31', 'basis', 1, 'geprueft', NULL), (2, 1, '2028-12-31', 'soll', 3, 'geprueft', NULL), (2, 1, '2024-12-31', 'ist', 4, 'geprueft', 'Zählung'), (2, 2, '2018-12-31', 'basis', 2, 'geprueft', NULL), (2, 2, '2028-12-31', 'soll', 4, 'geprueft', NULL),
  (2, 2, '2024-12-31', 'ist', 1, 'geprueft', 'Zählung'), (3, NULL, '2024-12-31', 'ist', 77, 'geprueft', NULL)) x (k, o, tag, art, wert, status, quelle);
INSERT INTO ziel_kennzahl (ziel_id, kennzahl_id, gewicht) VALUES ('00000000-0000-0000-0007-000000000001', '00000000-0000-0000-000a-000000000001', 1), ('00000000-0000-0000-0007-000000000003', '00000000-0000-0000-000a-000000000002', 1),
  ('00000000-0000-0000-0007-000000000001', '00000000-0000-0000-000a-000000000003', 1);
INSERT INTO massnahme_kennzahl (massnahme_id, kennzahl_id, wirkung) VALUES ('00000000-0000-0000-0009-000000000001', '00000000-0000-0000-000a-000000000002', 'erhoeht');
INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, rolle) VALUES (gen_random_uuid(), '00000000-0000-0000-0001-000000000001', '00000000-0000-0000-0009-000000000001', 'federfuehrend'), (gen_random_uuid(), '00000000-0000-0000-0001-000000000002', '00000000-0000-0000-0009-000000000001', 'mitwirkend');
INSERT INTO fachplan (id, kennung, titel, typ, herausgeber, jahr, verbindlichkeit, dokument_url) VALUES
  ('00000000-0000-0000-000b-000000000001', 'fp-isek', 'ISEK', 'isek', 'Stadt', 2022, 'selbstbindend', 'https://stadt.example/isek'), ('00000000-0000-0000-000b-000000000002', 'fp-klima', 'Klimaschutzkonzept', 'klimaschutz', 'Landkreis', 2021, 'informell', NULL);
INSERT INTO fundstelle (id, fachplan_id, ziel_id, massnahme_id, stelle, zitat, beziehung) VALUES (gen_random_uuid(), '00000000-0000-0000-000b-000000000001', '00000000-0000-0000-0007-000000000001', NULL, 'S. 12', 'Bauland entwickeln', 'widerspricht'),
  (gen_random_uuid(), '00000000-0000-0000-000b-000000000002', '00000000-0000-0000-0007-000000000001', NULL, 'Kap. 3', 'Boden sparen', 'uebernommen'), (gen_random_uuid(), '00000000-0000-0000-000b-000000000001', NULL, '00000000-0000-0000-0009-000000000001', 'S. 40', NULL, 'konkretisiert'),
  (gen_random_uuid(), '00000000-0000-0000-000b-000000000001', NULL, '00000000-0000-0000-0009-000000000007', 'S. 41', 'Laden', 'uebernommen');
INSERT INTO trend (id, kennung, titel, einschaetzung, zahlen, kennzahl_id) VALUES ('00000000-0000-0000-000c-000000000001', 't-alter', 'Alternde Dörfer', 'Mehr Ältere bis 2035.', 'kennzahl', '00000000-0000-0000-000a-000000000002');
INSERT INTO trend_bezug (id, trend_id, ziel_id, massnahme_id, art, begruendung) VALUES (gen_random_uuid(), '00000000-0000-0000-000c-000000000001', '00000000-0000-0000-0007-000000000002', NULL, 'verstaerkt', 'Wege werden kürzer gebraucht.'),
  (gen_random_uuid(), '00000000-0000-0000-000c-000000000001', NULL, '00000000-0000-0000-0009-000000000001', 'erschwert', NULL);
INSERT INTO sdg_bezug (id, sdg, ziel_id, massnahme_id, kennzahl_id) VALUES (gen_random_uuid(), 11, '00000000-0000-0000-0007-000000000002', NULL, NULL), (gen_random_uuid(), 11, NULL, '00000000-0000-0000-0009-000000000001', NULL),
  (gen_random_uuid(), 11, NULL, '00000000-0000-0000-0009-000000000004', NULL), (gen_random_uuid(), 15, NULL, NULL, '00000000-0000-0000-000a-000000000001');
INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand, vertraulich) SELECT gen_random_uuid(), ('00000000-0000-0000-0009-00000000000' || m)::uuid, jahr, fassung, art, ct, stand::date, geheim FROM (VALUES
  (1, NULL::int, 'kostenschaetzung', 'investition', 120000000::bigint, '2023-06-01', false), (1, NULL, 'kostenschaetzung', 'investition', 150000000, '2025-03-01', false),
  (1, 2024, 'ansatz', 'aufwand', 4000000, '2023-12-01', false), (1, 2024, 'ergebnis', 'aufwand', 3000000, '2025-02-01', false), (1, 2026, 'finanzplan', 'investition', 40000000, '2024-12-01', false), (1, 2026, 'ansatz', 'investition', 50000000, '2025-06-01', false),
  (1, 2027, 'finanzplan', 'investition', 70000000, '2025-06-01', false), (1, 2026, 'ansatz', 'foerderung', 30000000, '2025-06-01', false), (1, 2026, 'ansatz', 've', 70000000, '2025-06-01', false), (1, 2029, 'finanzplan', 'folgekosten', 2000000, '2025-06-01', false),
  (1, 2025, 'ansatz', 'investition', 99900000, '2025-01-01', true), (2, 2025, 'ansatz', 'investition', 20000000, '2025-01-01', false), (4, 2025, 'ansatz', 'aufwand', 2000000, '2025-01-01', false), (5, 2025, 'ansatz', 'aufwand', 1000000, '2025-01-01', false),
  (7, 2025, 'ansatz', 'aufwand', 5500000, '2025-01-01', false), (8, 2025, 'ansatz', 'aufwand', 600000, '2025-01-01', false)) x (m, jahr, fassung, art, ct, stand, geheim);
INSERT INTO foerderprogramm (id, kennung, titel, geber, quote) VALUES ('00000000-0000-0000-000d-000000000001', 'f-eler', 'ELER Einzelmaßnahme', 'EU', 0.6);
INSERT INTO foerderung (id, programm_id, massnahme_id, gebiet_id, stand, quote, betrag_ct, bewilligt_am) VALUES (gen_random_uuid(), '00000000-0000-0000-000d-000000000001', '00000000-0000-0000-0009-000000000001', NULL, 'bewilligt', 0.6, 60000000, '2025-01-15'),
  (gen_random_uuid(), '00000000-0000-0000-000d-000000000001', NULL, '00000000-0000-0000-0000-0000000000b1', 'beantragt', 0.5, NULL, NULL);

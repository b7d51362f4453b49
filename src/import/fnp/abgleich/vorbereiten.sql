-- What is compared: every object of the new and of the previous version, its geometry and codes as
-- a hash. {neu} and {alt} are numbers of versions; the new one is not attached yet.
-- Sorts and hashes of a large plan would go to disk; ends with the comparison.
SET LOCAL work_mem = '64MB';
DROP TABLE IF EXISTS pg_temp.abgleich_neu, pg_temp.abgleich_alt, pg_temp.abgleich_paar, pg_temp.abgleich_kandidat, pg_temp.abgleich_kennung, pg_temp.abgleich_belegt CASCADE;
CREATE TEMP TABLE abgleich_neu ON COMMIT DROP AS
SELECT 'F'::"char" AS art, 2 AS dim, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, gueltig, md5(geom::bytea)::uuid AS form, md5(codes::text)::uuid AS codes, flaeche_m2 AS mass FROM fnp.flaeche_f{neu}
UNION ALL SELECT 'U', 2, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, gueltig, md5(geom::bytea)::uuid, md5(codes::text)::uuid, flaeche_m2 FROM fnp.ueberlagerung_f{neu}
UNION ALL SELECT 'L', 1, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, true, md5(geom::bytea)::uuid, md5(codes::text)::uuid, laenge_m FROM fnp.linie_f{neu}
UNION ALL SELECT 'P', 0, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, true, md5(geom::bytea)::uuid, md5(codes::text)::uuid, 0 FROM fnp.punkt_f{neu};
CREATE TEMP TABLE abgleich_alt ON COMMIT DROP AS
SELECT 'F'::"char" AS art, 2 AS dim, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, gueltig, md5(geom::bytea)::uuid AS form, md5(codes::text)::uuid AS codes, flaeche_m2 AS mass FROM fnp.flaeche WHERE fassung_id = {alt}
UNION ALL SELECT 'U', 2, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, gueltig, md5(geom::bytea)::uuid, md5(codes::text)::uuid, flaeche_m2 FROM fnp.ueberlagerung WHERE fassung_id = {alt}
UNION ALL SELECT 'L', 1, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, true, md5(geom::bytea)::uuid, md5(codes::text)::uuid, laenge_m FROM fnp.linie WHERE fassung_id = {alt}
UNION ALL SELECT 'P', 0, ordnung, kennung, gml_id, klasse, nutzung, rechtsstand, true, md5(geom::bytea)::uuid, md5(codes::text)::uuid, 0 FROM fnp.punkt WHERE fassung_id = {alt};
CREATE INDEX ON abgleich_alt (art, ordnung);
CREATE TEMP TABLE abgleich_paar (art_neu "char" NOT NULL, neu bigint NOT NULL, art_alt "char" NOT NULL, alt bigint NOT NULL, weg text NOT NULL, schnitt double precision) ON COMMIT DROP;
CREATE TEMP VIEW abgleich_offen_neu AS SELECT n.* FROM abgleich_neu n WHERE NOT EXISTS (SELECT FROM abgleich_paar p WHERE p.art_neu = n.art AND p.neu = n.ordnung);
CREATE TEMP VIEW abgleich_offen_alt AS SELECT a.* FROM abgleich_alt a WHERE NOT EXISTS (SELECT FROM abgleich_paar p WHERE p.art_alt = a.art AND p.alt = a.ordnung);
CREATE TEMP VIEW abgleich_form_neu AS
SELECT 'F'::"char" AS art, ordnung, geom::geometry FROM fnp.flaeche_f{neu} UNION ALL SELECT 'U', ordnung, geom FROM fnp.ueberlagerung_f{neu}
UNION ALL SELECT 'L', ordnung, geom FROM fnp.linie_f{neu} UNION ALL SELECT 'P', ordnung, geom FROM fnp.punkt_f{neu};
CREATE TEMP VIEW abgleich_form_alt AS
SELECT 'F'::"char" AS art, ordnung, geom::geometry FROM fnp.flaeche WHERE fassung_id = {alt} UNION ALL SELECT 'U', ordnung, geom FROM fnp.ueberlagerung WHERE fassung_id = {alt}
UNION ALL SELECT 'L', ordnung, geom FROM fnp.linie WHERE fassung_id = {alt} UNION ALL SELECT 'P', ordnung, geom FROM fnp.punkt WHERE fassung_id = {alt};
CREATE TEMP TABLE abgleich_kandidat (art "char" NOT NULL, neu bigint NOT NULL, alt bigint NOT NULL, guete double precision NOT NULL, gleiche_id boolean NOT NULL, schnitt double precision) ON COMMIT DROP;
ANALYZE abgleich_neu;
ANALYZE abgleich_alt;

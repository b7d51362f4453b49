-- A published world of its own: 2,500 areas of the plan in force, 3 of a draft, and
-- a town's own tables with everything odd in them.
CREATE EXTENSION postgis;
DO $$ BEGIN CREATE ROLE zielraum_public LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA oeffentlich;
CREATE SCHEMA fnp;
GRANT USAGE ON SCHEMA oeffentlich TO zielraum_public;

CREATE TABLE oeffentlich.plan (id int PRIMARY KEY, kennung text, name text);
CREATE TABLE oeffentlich.fassung (id int PRIMARY KEY, plan_id int, aktuell bool);
INSERT INTO oeffentlich.plan VALUES (1, 'fnp-2001', 'FNP 2001');
INSERT INTO oeffentlich.fassung VALUES (7, 1, true);

CREATE TABLE oeffentlich.flaeche (
  fassung_id int, ordnung bigint, kennung text COLLATE "C", nutzung text, flaeche_m2 double precision,
  quote numeric, anzahl integer, gross bigint, einzel real, codes jsonb, liste text[], zahlen numeric[],
  wirksam boolean, tag date, gueltig_von date, gueltig_bis date, seit timestamptz, ort_zeit timestamp,
  roh bytea, leer text, nummer uuid, geheim text, geom geometry(MultiPolygon, 25832),
  PRIMARY KEY (fassung_id, ordnung));
COMMENT ON COLUMN oeffentlich.flaeche.flaeche_m2 IS 'Fläche
In der Ebene gemessen. [einheit m²]';
COMMENT ON COLUMN oeffentlich.flaeche.nutzung IS 'Nutzung [code fnp.nutzung]';
INSERT INTO oeffentlich.flaeche
SELECT 7, n, 'fnp-2001.' || lpad(n::text, 5, '0'), (ARRAY['W','M','wald','gruen'])[1 + n % 4], n * 10,
  CASE WHEN n % 100 = 50 THEN 'NaN' ELSE n / 4.0 END, n, 9007199254740993 + n, 0.1, jsonb_build_object('code', ARRAY[n]),
  ARRAY['a', NULL, 'ü"'], ARRAY[1.5, 2], n % 2 = 0, '2025-01-31', date '2000-01-01' + n, CASE WHEN n % 2 = 0 THEN date '2010-01-01' + n END,
  timestamptz '2025-01-31 12:00:00+01', timestamp '2025-01-31 12:00:00.25', '\x00ff', NULL,
  '018f0000-0000-7000-8000-000000000000', 'nicht zeigen',
  -- The first 20 in order have no geometry; turned squares along a slope.
  CASE WHEN n > 20 THEN ST_Multi(ST_Rotate(ST_MakeEnvelope(630000 + 100 * (n % 50), 5320000 + 100 * (n / 50), 630090 + 100 * (n % 50), 5320090 + 100 * (n / 50), 25832),
       0.2, 630045 + 100 * (n % 50), 5320045 + 100 * (n / 50))) END
FROM generate_series(1, 2500) n;
UPDATE oeffentlich.flaeche SET flaeche_m2 = 51, kennung = 'fnp-2001/a ü' WHERE ordnung = 21;
UPDATE oeffentlich.flaeche SET flaeche_m2 = 'Infinity', geom = 'SRID=25832;MULTIPOLYGON EMPTY' WHERE ordnung = 20;
-- A whole number without a point in PostgreSQL.
UPDATE oeffentlich.flaeche SET quote = 6 WHERE ordnung = 24;
-- A bow tie, kept as delivered.
UPDATE oeffentlich.flaeche SET geom = 'SRID=25832;MULTIPOLYGON(((640000 5320000, 640100 5320100, 640100 5320000, 640000 5320100, 640000 5320000)))' WHERE ordnung = 22;
CREATE VIEW oeffentlich.flaeche_sicht WITH (security_invoker = true) AS SELECT * FROM oeffentlich.flaeche;
CREATE VIEW oeffentlich.fassung_in_kraft WITH (security_invoker = true) AS
SELECT id AS fassung_id FROM oeffentlich.fassung WHERE aktuell AND plan_id = 1;
CREATE VIEW oeffentlich.flaeche_aktuell WITH (security_invoker = true) AS
SELECT f.* FROM oeffentlich.flaeche f JOIN oeffentlich.fassung v ON v.id = f.fassung_id AND v.aktuell WHERE v.plan_id = 1;
COMMENT ON COLUMN oeffentlich.flaeche_aktuell.flaeche_m2 IS 'Fläche
In der Ebene gemessen. [einheit m²]';
CREATE TABLE oeffentlich.nutzung (schluessel text PRIMARY KEY, name text);
INSERT INTO oeffentlich.nutzung VALUES ('W', 'Wohnen'), ('M', 'Mischen');
CREATE TABLE oeffentlich.stand (relation text PRIMARY KEY, zaehler bigint NOT NULL, zeit timestamptz NOT NULL);
INSERT INTO oeffentlich.stand VALUES ('flaeche', 1, now());
CREATE TABLE oeffentlich.leer (kennung text PRIMARY KEY, wert numeric, geom geometry(MultiLineString, 25832));
CREATE TABLE oeffentlich.blatt (kennung text PRIMARY KEY, titel text);
INSERT INTO oeffentlich.blatt VALUES ('a', 'Ohne Geometrie');
CREATE TABLE fnp.entwurf (kennung text PRIMARY KEY, geom geometry(MultiPolygon, 25832));
INSERT INTO fnp.entwurf VALUES ('KANARIENVOGEL', NULL);
CREATE VIEW oeffentlich.undicht AS SELECT * FROM fnp.entwurf;
CREATE VIEW oeffentlich.darueber WITH (security_invoker = true) AS SELECT * FROM oeffentlich.undicht;
CREATE FUNCTION fnp.versteckt() RETURNS SETOF fnp.entwurf LANGUAGE sql STABLE AS 'SELECT * FROM fnp.entwurf';
CREATE VIEW oeffentlich.verborgen WITH (security_invoker = true) AS SELECT * FROM fnp.versteckt();
GRANT SELECT ON ALL TABLES IN SCHEMA oeffentlich TO zielraum_public;

CREATE SCHEMA "Stadt Grün";
GRANT USAGE ON SCHEMA "Stadt Grün" TO zielraum_public;
CREATE TYPE "Stadt Grün"."Zustand" AS ENUM ('gut', 'schlecht');
CREATE DOMAIN "Stadt Grün".hoehe AS double precision;
-- Curves, capitals, spaces, quotes, no primary key, enum and domain.
CREATE TABLE "Stadt Grün"."Bäume ""alt""" ("Nr." text, "Höhe in m" "Stadt Grün".hoehe, "Zu""stand" "Stadt Grün"."Zustand", "limit" int, geom geometry(CurvePolygon, 25832));
INSERT INTO "Stadt Grün"."Bäume ""alt""" VALUES
  ('1/ä', 51, 'gut', 1, ST_GeomFromEWKT('SRID=25832;CURVEPOLYGON(CIRCULARSTRING(630000 5320000, 630010 5320010, 630020 5320000, 630010 5319990, 630000 5320000))')),
  ('2 "b"', 7.5, 'schlecht', 2, NULL);
-- Untyped: mixed geometries and systems, one without SRID.
CREATE TABLE "Stadt Grün".gemischt (id int PRIMARY KEY, geom geometry);
INSERT INTO "Stadt Grün".gemischt VALUES
  (1, 'SRID=25832;POINT Z (630000 5320000 500)'), (2, 'SRID=25832;LINESTRING(630000 5320000, 630100 5320000)'),
  (3, ST_Transform('SRID=25832;POINT(630000 5320000)'::geometry, 31468)), (4, 'POINT(630000 5320000)'), (5, NULL),
  (6, 'SRID=25832;GEOMETRYCOLLECTION(POINT(630000 5320000), LINESTRING(630000 5320000, 630100 5320000))');
-- A system only PostGIS transforms, and a geography.
CREATE TABLE "Stadt Grün".gk (id bigint PRIMARY KEY, geom geometry(Point, 31468));
INSERT INTO "Stadt Grün".gk SELECT n, ST_Transform(ST_SetSRID(ST_MakePoint(630000 + 100 * n, 5320000), 25832), 31468) FROM generate_series(1, 50) n;
CREATE TABLE "Stadt Grün".erde (id int PRIMARY KEY, ort geography(Point, 4326));
INSERT INTO "Stadt Grün".erde VALUES (1, 'POINT(10.8765432 48.0501234)'), (2, 'POINT(179.9 10)'), (3, 'POINT(-179.9 10)');
CREATE TABLE "Stadt Grün".doppelt (id int);
INSERT INTO "Stadt Grün".doppelt VALUES (1), (1);
-- What start-up must refuse.
CREATE TABLE "Stadt Grün".ohne_srid (id int PRIMARY KEY, geom geometry);
INSERT INTO "Stadt Grün".ohne_srid VALUES (1, 'POINT(630000 5320000)');
INSERT INTO spatial_ref_sys (srid, proj4text) VALUES (990001, '+proj=longlat');
CREATE TABLE "Stadt Grün".fremde_srid (id int PRIMARY KEY, geom geometry(Point, 990001));
DELETE FROM spatial_ref_sys WHERE srid = 990001;
CREATE MATERIALIZED VIEW "Stadt Grün".abgelegt AS SELECT * FROM fnp.entwurf;
CREATE VIEW "Stadt Grün".ueber_abgelegt WITH (security_invoker = true) AS SELECT * FROM "Stadt Grün".abgelegt;
CREATE FUNCTION "Stadt Grün".hebel() RETURNS SETOF fnp.entwurf LANGUAGE sql STABLE SECURITY DEFINER BEGIN ATOMIC SELECT * FROM fnp.entwurf; END;
CREATE VIEW "Stadt Grün".mit_rechten WITH (security_invoker = true) AS SELECT * FROM "Stadt Grün".hebel();
CREATE TABLE "Stadt Grün".schluessellos (id int, felder int[], doc jsonb, ort point, ja boolean, leer text);
INSERT INTO "Stadt Grün".schluessellos VALUES (1, '{1}', '{}', '(1,2)', true, NULL);
GRANT SELECT ON ALL TABLES IN SCHEMA "Stadt Grün" TO zielraum_public;
CREATE TABLE "Stadt Grün".gesperrt (id int PRIMARY KEY);

-- Every kind of relation and column type a town may have.
CREATE SCHEMA "Büro";
GRANT USAGE ON SCHEMA "Büro" TO zielraum_public;
CREATE TYPE "Büro"."Ampel" AS ENUM ('rot', 'grün');
CREATE DOMAIN "Büro".plz AS text CHECK (VALUE ~ '^\d{5}$');
CREATE DOMAIN "Büro".liste AS int[];
CREATE TYPE "Büro".adresse AS (strasse text, nr int);
CREATE TABLE "Büro"."Alles" (
  id bigint PRIMARY KEY,
  "select" text, "Höhe (m)" numeric, "a""b" int, abcdefghijklmnopqrstuvwxyz_abcdefghijklmnopqrstuvwxyz_123456789 text,
  n_gross numeric, n_nan numeric, i_gross bigint, f double precision, f_inf double precision, r real, geld money, oid_ oid,
  ja boolean, tag date, tag_inf date, zeit time, zeit_tz timetz, ts timestamp, tstz timestamptz, dauer interval,
  texte text[], matrix int[][], fliess double precision[], feld "Büro".liste, js json, jsb jsonb, jsliste jsonb,
  roh bytea, nummer uuid, ampel "Büro"."Ampel", plz "Büro".plz, adresse "Büro".adresse, spanne int4range, mehrspannig datemultirange,
  netz inet, netz_ cidr, bits bit(3), xml_ xml, suche tsvector, zeichen char(5), vc varchar(3), punkt point,
  geom geometry(Point, 3857));
COMMENT ON TABLE "Büro"."Alles" IS 'Alles';
INSERT INTO "Büro"."Alles" VALUES (1, 'a"\b', 1.50, 7, 'lang', 123456789012345678901234567890.5, 'NaN', 9007199254740993, 0.1, '-Infinity', 0.1, '1234.50', 4294967295,
  true, '2025-01-31', 'infinity', '12:30', '12:30+01', '2025-01-31 12:30', '2025-01-31 12:30+01', '1 day 02:00',
  '{a,NULL,"ü,"}', '{{1,2},{3,4}}', '{0.5,NaN}', '{1,2}', '{"b": 1, "a": [1.0, null]}', '{"a": 1}', '[1, "x"]',
  '\x00ff', '018f0000-0000-7000-8000-000000000000', 'grün', '86899', ROW('Am Lech', 3), '[1,5)', '{[2025-01-01,2025-02-01)}',
  '10.0.0.1', '10.0.0.0/8', '101', '<a b="1"/>', 'haus:1', 'ab', 'abc', '(1,2)', ST_Transform('SRID=25832;POINT(630000 5320000)'::geometry, 3857));
INSERT INTO "Büro"."Alles" (id) VALUES (2);

CREATE VIEW "Büro".sicht WITH (security_invoker = true) AS SELECT id, "select", geom FROM "Büro"."Alles";
CREATE MATERIALIZED VIEW "Büro".abgelegt AS SELECT id, "select", geom FROM "Büro"."Alles";
CREATE TABLE "Büro".geteilt (id int, art text, geom geometry(Point, 4326), PRIMARY KEY (id, art)) PARTITION BY LIST (art);
CREATE TABLE "Büro".geteilt_a PARTITION OF "Büro".geteilt FOR VALUES IN ('a');
CREATE TABLE "Büro".geteilt_b PARTITION OF "Büro".geteilt FOR VALUES IN ('b');
INSERT INTO "Büro".geteilt VALUES (1, 'a', 'SRID=4326;POINT(10.8 48)'), (2, 'b', 'SRID=4326;POINT(10.9 48)');
CREATE EXTENSION file_fdw;
CREATE SERVER datei FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE "Büro".fremd (id int, name text) SERVER datei OPTIONS (program 'printf "1,Eins\n2,Zwei\n"', format 'csv');
-- Shapes: Z, M, curves of each kind, collections in collections, empty ones.
CREATE TABLE "Büro".formen (id int PRIMARY KEY, geom geometry);
INSERT INTO "Büro".formen SELECT n, ST_SetSRID(g::geometry, 25832) FROM (VALUES
  (1, 'POINT ZM (630000 5320000 1 2)'), (2, 'MULTIPOINT M (630000 5320000 1, 630010 5320000 2)'),
  (3, 'CIRCULARSTRING(630000 5320000, 630010 5320010, 630020 5320000)'),
  (4, 'COMPOUNDCURVE(CIRCULARSTRING(630000 5320000, 630010 5320010, 630020 5320000),(630020 5320000, 630030 5320000))'),
  (5, 'MULTISURFACE(CURVEPOLYGON(CIRCULARSTRING(630000 5320000, 630010 5320010, 630020 5320000, 630010 5319990, 630000 5320000)))'),
  (6, 'GEOMETRYCOLLECTION(POINT(630000 5320000), GEOMETRYCOLLECTION(LINESTRING(630000 5320000, 630010 5320000)))'),
  (7, 'TRIANGLE((630000 5320000, 630010 5320000, 630000 5320010, 630000 5320000))'),
  (8, 'TIN Z (((630000 5320000 1, 630010 5320000 1, 630000 5320010 1, 630000 5320000 1)))'),
  (9, 'POLYGON EMPTY'), (10, NULL), (11, 'MULTICURVE(CIRCULARSTRING(630000 5320000, 630010 5320010, 630020 5320000))')) v(n, g);
GRANT SELECT ON ALL TABLES IN SCHEMA "Büro" TO zielraum_public;

-- Ten features in EPSG:25832 around 630000, 5320000: values, gaps and odd ones in every column.
CREATE TABLE "Stadt Grün".cql (
  id int PRIMARY KEY, name text, art text COLLATE "C", zahl int, wert double precision, dez numeric, wahr boolean,
  tag date, bis date, zeit timestamptz, ort_zeit timestamp, nummer uuid, farben text[], zustand "Stadt Grün"."Zustand",
  doc jsonb, geom geometry(Geometry, 25832));
INSERT INTO "Stadt Grün".cql
SELECT v.id, v.name, v.art, v.zahl, v.wert, v.dez, v.wahr, v.tag::date, v.bis::date, v.zeit::timestamptz, v.zeit::timestamptz AT TIME ZONE 'UTC',
  CASE WHEN v.id <= 2 THEN ('018f0000-0000-7000-8000-00000000000' || v.id)::uuid END, v.farben::text[], v.zustand::"Stadt Grün"."Zustand", '{}',
  ST_Translate(ST_SetSRID(v.form::geometry, 25832), 630000, 5320000)
FROM (VALUES
  (1, 'Wald',          'W', 1,    1.5,        0.1,   true,  '2020-01-01', '2020-12-31', '2020-01-01T12:00:00Z',        '{rot,grün}', 'gut',      'POLYGON((0 0,10 0,10 10,0 10,0 0))'),
  (2, 'Möller-Weg',    'W', 2,    -2.5,       0.25,  false, '2020-06-15', '2021-06-15', '2020-06-15T00:00:00Z',        '{rot}',      'schlecht', 'POLYGON((5 5,15 5,15 15,5 15,5 5))'),
  (3, 'STRASSE',       'M', 3,    1e6,        3,     true,  '2021-01-01', '2021-01-01', '2021-01-01T23:59:59.999999Z', '{}',         NULL,       'POLYGON((10 0,20 0,20 10,10 10,10 0))'),
  (4, 'Straße',        'M', -4,   'NaN',      'NaN', NULL,  '2022-02-28', NULL,         '2022-02-28T12:00:00.5Z',      '{blau,NULL}', 'gut',     'LINESTRING(-5 5,15 5)'),
  (5, 'O''Neil 100%',  'm', 0,    'Infinity', NULL,  true,  'infinity',   'infinity',   'infinity',                    NULL,         NULL,       'POINT(2 2)'),
  (6, 'a_b\c',         NULL, NULL, NULL,      2.50,  false, NULL,         '2023-01-01', NULL,                          '{grün,rot}', NULL,       'POINT(100 100)'),
  (7, '',              'wald', 7, 0.1,        7,     NULL,  '2019-12-31', '2020-01-01', '2019-12-31T23:00:00Z',        '{rot,rot}',  'schlecht', 'MULTIPOINT(1 1,50 50)'),
  (8, NULL,            'W', 8,    8,          8,     true,  '2020-02-29', '2020-03-01', '2020-02-29T06:00:00Z',        '{gelb}',     NULL,       'GEOMETRYCOLLECTION(POINT(3 3),POLYGON((2 2,4 2,4 4,2 4,2 2)))'),
  (9, 'Café',          'C', 9,    9,          9,     false, '2020-03-01', '2020-04-01', '2020-03-01T00:00:00Z',        NULL,         NULL,       'POLYGON((1 1,9 9,9 1,1 9,1 1))'),
  (10,'Cafe',          'C', 10,   10,         10,    true,  '2024-01-31', '2024-12-31', '2024-01-31T12:00:00Z',        NULL,         NULL,       'POLYGON EMPTY')
) AS v(id, name, art, zahl, wert, dez, wahr, tag, bis, zeit, farben, zustand, form);
GRANT SELECT ON "Stadt Grün".cql TO zielraum_public;

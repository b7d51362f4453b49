-- Every new object gets its kennung: from its pair, from an anchor or an earlier version in which it
-- was already, else the one made from its gml:id where nobody else has ever had it.
-- {frueher} are the numbers of all versions before {alt}, as an array.
CREATE TEMP TABLE abgleich_kennung ON COMMIT DROP AS
SELECT n.art, n.ordnung, n.kennung AS vorgabe, a.kennung, p.weg
FROM abgleich_paar p JOIN abgleich_neu n ON n.art = p.art_neu AND n.ordnung = p.neu JOIN abgleich_alt a ON a.art = p.art_alt AND a.ordnung = p.alt;
CREATE TEMP VIEW abgleich_ohne_kennung AS SELECT n.* FROM abgleich_neu n WHERE NOT EXISTS (SELECT FROM abgleich_kennung k WHERE k.art = n.art AND k.ordnung = n.ordnung);
ANALYZE abgleich_kennung;

-- An area that was gone and is back: the anchor kept its shape.
INSERT INTO abgleich_kennung
SELECT 'F', w.ordnung, w.vorgabe, w.kennung, 'wieder_da' FROM (
  SELECT DISTINCT ON (z.ordnung) z.* FROM (
    SELECT DISTINCT ON (v.kennung) n.ordnung, n.kennung AS vorgabe, v.kennung, x.schnitt
    FROM fnp.verweis v JOIN fnp.flaeche_f{neu} f ON f.geom && v.geom AND f.nutzung = v.nutzung AND f.gueltig AND f.flaeche_m2 BETWEEN 0.9 * v.flaeche_m2 AND v.flaeche_m2 / 0.9
    JOIN abgleich_ohne_kennung n ON n.art = 'F' AND n.ordnung = f.ordnung
    CROSS JOIN LATERAL (SELECT st_area(st_intersection(f.geom, st_makevalid(v.geom))) AS schnitt) x
    WHERE v.plan_id = '{plan}' AND NOT EXISTS (SELECT FROM abgleich_alt a WHERE a.kennung = v.kennung) AND x.schnitt >= 0.9 * greatest(f.flaeche_m2, v.flaeche_m2)
    ORDER BY v.kennung, x.schnitt DESC, f.ordnung) z
  ORDER BY z.ordnung, z.schnitt DESC, z.kennung) w;
INSERT INTO abgleich_kennung
SELECT w.art, w.ordnung, w.kennung, w.kennung, 'wieder_da' FROM (
  SELECT DISTINCT ON (n.art, n.ordnung) n.art, n.ordnung, n.kennung, e.klasse = n.klasse AND e.form = n.form AS dieselbe
  FROM abgleich_ohne_kennung n CROSS JOIN LATERAL (
    SELECT 'F'::"char" AS art, x.fassung_id, x.klasse, md5(x.geom::bytea)::uuid AS form FROM fnp.flaeche x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung
    UNION ALL SELECT 'U', x.fassung_id, x.klasse, md5(x.geom::bytea)::uuid FROM fnp.ueberlagerung x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung
    UNION ALL SELECT 'L', x.fassung_id, x.klasse, md5(x.geom::bytea)::uuid FROM fnp.linie x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung
    UNION ALL SELECT 'P', x.fassung_id, x.klasse, md5(x.geom::bytea)::uuid FROM fnp.punkt x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung) e
  WHERE NOT EXISTS (SELECT FROM abgleich_alt a WHERE a.kennung = n.kennung) AND NOT EXISTS (SELECT FROM abgleich_kennung k WHERE k.kennung = n.kennung)
  ORDER BY n.art, n.ordnung, e.fassung_id DESC) w WHERE w.dieselbe;

CREATE TEMP TABLE abgleich_belegt ON COMMIT DROP AS
SELECT kennung FROM abgleich_alt UNION SELECT kennung FROM fnp.verweis WHERE plan_id = '{plan}' UNION SELECT kennung FROM abgleich_kennung
UNION SELECT n.kennung FROM abgleich_ohne_kennung n WHERE EXISTS (SELECT FROM fnp.flaeche x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung)
  OR EXISTS (SELECT FROM fnp.ueberlagerung x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung)
  OR EXISTS (SELECT FROM fnp.linie x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung)
  OR EXISTS (SELECT FROM fnp.punkt x WHERE x.fassung_id = ANY ({frueher}) AND x.kennung = n.kennung);
ANALYZE abgleich_belegt;
INSERT INTO abgleich_kennung SELECT n.art, n.ordnung, n.kennung, n.kennung, 'neu' FROM abgleich_ohne_kennung n WHERE NOT EXISTS (SELECT FROM abgleich_belegt b WHERE b.kennung = n.kennung);

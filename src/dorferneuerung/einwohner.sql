-- People by Ortsteil the area $1 has residential land in, for version $2. Residential is what
-- HILUCS says is (5_…): Wohnbaufläche and Gemischte Baufläche; planned land has no people yet.
WITH g AS (
  SELECT geom FROM gebiet WHERE kennung = $1
), teil AS (
  SELECT o.id, o.kennung, o.name, sum(st_area(st_intersection(f.geom, x.geom))) AS m2
  FROM g JOIN ortsteil o ON o.geom && g.geom AND st_intersects(o.geom, g.geom)
  CROSS JOIN LATERAL (SELECT st_collectionextract(st_intersection(o.geom, g.geom), 3) AS geom) x
  JOIN flaeche f ON f.fassung_id = $2 AND f.gueltig AND f.rechtsstand <> 'planung' AND f.geom && x.geom AND st_intersects(f.geom, x.geom)
  JOIN nutzung n ON n.schluessel = f.nutzung AND n.hilucs LIKE '5\_%'
  GROUP BY o.id, o.kennung, o.name -- in a past world ortsteil is a view without a primary key
), ganz AS (
  SELECT a.ortsteil_id, sum(a.m2) AS m2 FROM anteil a JOIN nutzung n ON n.schluessel = a.nutzung AND n.hilucs LIKE '5\_%'
  WHERE a.fassung_id = $2 AND a.rechtsstand <> 'planung' GROUP BY 1
)
SELECT t.kennung, t.name, e.anzahl AS "einwohner?", e.stichtag AS "stichtag?", e.quelle AS "quelle?", ganz.m2 AS "wohnflaeche_m2!", least(t.m2, ganz.m2) AS "davon_m2!"
FROM teil t JOIN ganz ON ganz.ortsteil_id = t.id
LEFT JOIN LATERAL (SELECT s.anzahl, s.stichtag, s.quelle FROM einwohner_summe s, stichtag
  WHERE s.ortsteil_id = t.id AND s.art = 'ist' AND s.stichtag <= stichtag.tag ORDER BY s.stichtag DESC LIMIT 1) e ON true
WHERE t.m2 > 0.01 ORDER BY t.m2 DESC, t.kennung

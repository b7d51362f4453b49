-- Area of the parcel $1 that version $2 covers at least once, m².
SELECT coalesce(st_area(st_intersection(s.geom, (SELECT st_union(CASE WHEN f.gueltig THEN f.geom ELSE st_makevalid(f.geom, 'method=structure') END)
  FROM flaeche f WHERE f.fassung_id = $2 AND f.geom && s.geom AND (NOT f.gueltig OR st_intersects(f.geom, s.geom))))), 0) AS "m2!"
FROM flurstueck s WHERE s.kennzeichen = $1

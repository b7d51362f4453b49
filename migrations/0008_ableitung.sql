-- What follows from a Raumbezug: measure × area and measure × Ortsteil. One function each,
-- run in both worlds: table names carry no schema, the search_path of the calling trigger decides.
SET LOCAL ROLE zielraum_owner;

-- The shape of measures by dimension (2 area, 1 line, 0 single points), own geometries and anchors together.
CREATE FUNCTION strategie.massnahme_form(ids uuid[]) RETURNS TABLE (massnahme_id uuid, dimension int, geom geometry) LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH ort AS (
    SELECT r.massnahme_id, coalesce(r.geom, v.geom) AS geom
    FROM raumbezug r LEFT JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
    WHERE (ids IS NULL OR r.massnahme_id = ANY (ids)) AND coalesce(r.geom, v.geom) IS NOT NULL
  )
  SELECT o.massnahme_id, st_dimension(o.geom), st_unaryunion(st_collect(st_makevalid(o.geom)))
    FROM ort o WHERE st_dimension(o.geom) > 0 GROUP BY 1, 2
  UNION ALL
  SELECT DISTINCT o.massnahme_id, 0, (st_dump(o.geom)).geom FROM ort o WHERE st_dimension(o.geom) = 0;
END $$;

-- Total of the measure in its own dimension: area, else length, else number of points.
CREATE FUNCTION strategie.massnahme_gesamt(ids uuid[]) RETURNS TABLE (massnahme_id uuid, dimension int, gesamt double precision) LANGUAGE sql STABLE AS $$
  SELECT DISTINCT ON (f.massnahme_id) f.massnahme_id, f.dimension,
    CASE f.dimension WHEN 2 THEN sum(st_area(f.geom)) WHEN 1 THEN sum(st_length(f.geom)) ELSE count(*) END
  FROM strategie.massnahme_form(ids) f GROUP BY 1, 2 ORDER BY 1, 2 DESC
$$;

-- Touching is not overlapping: shared parts below 0.01 m² or 0.01 m are left out.
CREATE FUNCTION strategie.leite_massnahme_flaeche(ids uuid[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM massnahme_flaeche x WHERE ids IS NULL OR x.massnahme_id = ANY (ids);
  INSERT INTO massnahme_flaeche (massnahme_id, fassung_id, ordnung, schnitt_m2, schnitt_m, punkte, anteil)
  WITH treffer AS (
    SELECT m.massnahme_id, m.dimension, f.fassung_id, f.ordnung, m.geom AS form, f.geom AS flaeche
    FROM strategie.massnahme_form(ids) m
    JOIN flaeche f ON f.geom && m.geom AND st_intersects(f.geom, m.geom)
    JOIN fassung fa ON fa.id = f.fassung_id AND fa.aktuell
    WHERE f.gueltig
  ), punkt AS (
    -- a point on a border belongs to the first area of the Fassung
    SELECT DISTINCT ON (massnahme_id, fassung_id, form) massnahme_id, fassung_id, ordnung FROM treffer WHERE dimension = 0
    ORDER BY massnahme_id, fassung_id, form, ordnung
  ), teil AS (
    SELECT massnahme_id, fassung_id, ordnung, st_area(st_intersection(form, flaeche)) AS m2, NULL::double precision AS m, NULL::bigint AS n FROM treffer WHERE dimension = 2
    UNION ALL SELECT massnahme_id, fassung_id, ordnung, NULL, st_length(st_intersection(form, flaeche)), NULL FROM treffer WHERE dimension = 1
    UNION ALL SELECT massnahme_id, fassung_id, ordnung, NULL, NULL, count(*) FROM punkt GROUP BY 1, 2, 3
  ), summe AS (
    SELECT massnahme_id, fassung_id, ordnung, sum(m2) FILTER (WHERE m2 > 0.01) AS m2, sum(m) FILTER (WHERE m > 0.01) AS m, sum(n)::int AS n
    FROM teil GROUP BY 1, 2, 3
  )
  SELECT s.massnahme_id, s.fassung_id, s.ordnung, s.m2, s.m, s.n,
    coalesce(CASE g.dimension WHEN 2 THEN s.m2 WHEN 1 THEN s.m ELSE s.n END, 0) / nullif(g.gesamt, 0)
  FROM summe s JOIN strategie.massnahme_gesamt(ids) g USING (massnahme_id)
  WHERE num_nonnulls(s.m2, s.m, s.n) > 0;
END $$;

CREATE FUNCTION strategie.leite_massnahme_ortsteil(ids uuid[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM massnahme_ortsteil x WHERE ids IS NULL OR x.massnahme_id = ANY (ids);
  INSERT INTO massnahme_ortsteil (massnahme_id, ortsteil_id, schnitt_m2, schnitt_m, punkte, anteil, herkunft)
  WITH treffer AS (
    SELECT m.massnahme_id, m.dimension, o.id AS ortsteil_id, m.geom AS form, o.geom AS gebiet
    FROM strategie.massnahme_form(ids) m JOIN ortsteil o ON o.geom && m.geom AND st_intersects(o.geom, m.geom)
  ), punkt AS (
    SELECT massnahme_id, form, min(ortsteil_id) AS ortsteil_id FROM treffer WHERE dimension = 0 GROUP BY 1, 2
  ), teil AS (
    SELECT massnahme_id, ortsteil_id, st_area(st_intersection(form, gebiet)) AS m2, NULL::double precision AS m, NULL::bigint AS n FROM treffer WHERE dimension = 2
    UNION ALL SELECT massnahme_id, ortsteil_id, NULL, st_length(st_intersection(form, gebiet)), NULL FROM treffer WHERE dimension = 1
    UNION ALL SELECT massnahme_id, ortsteil_id, NULL, NULL, count(*) FROM punkt GROUP BY 1, 2
  ), lage AS (
    SELECT massnahme_id, ortsteil_id, sum(m2) FILTER (WHERE m2 > 0.01) AS m2, sum(m) FILTER (WHERE m > 0.01) AS m, sum(n)::int AS n
    FROM teil GROUP BY 1, 2 HAVING max(m2) > 0.01 OR max(m) > 0.01 OR max(n) > 0
  ), genannt AS (
    SELECT DISTINCT r.massnahme_id, r.ortsteil_id FROM raumbezug r WHERE r.art = 'ortsteil' AND (ids IS NULL OR r.massnahme_id = ANY (ids))
  ), genannt_zahl AS (
    SELECT massnahme_id, count(*) AS zahl FROM genannt GROUP BY 1
  )
  SELECT massnahme_id, ortsteil_id, l.m2, l.m, l.n,
    CASE WHEN g.gesamt IS NOT NULL THEN coalesce(CASE g.dimension WHEN 2 THEN l.m2 WHEN 1 THEN l.m ELSE l.n END, 0) / nullif(g.gesamt, 0)
         WHEN z.zahl = 1 THEN 1 END,
    CASE WHEN n.massnahme_id IS NULL THEN 'lage' ELSE 'ortsteil' END
  FROM lage l FULL JOIN genannt n USING (massnahme_id, ortsteil_id)
  LEFT JOIN strategie.massnahme_gesamt(ids) g USING (massnahme_id)
  LEFT JOIN genannt_zahl z USING (massnahme_id);
END $$;

-- The triggers know their world; the functions above do not.
CREATE FUNCTION strategie.nach_raumbezug() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
DECLARE
  ids uuid[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT massnahme_id) INTO ids FROM neu;
  ELSIF TG_OP = 'DELETE' THEN
    SELECT array_agg(DISTINCT massnahme_id) INTO ids FROM alt;
  ELSE
    SELECT array_agg(DISTINCT massnahme_id) INTO ids FROM (SELECT massnahme_id FROM neu UNION SELECT massnahme_id FROM alt) x;
  END IF;
  -- A deleted measure takes its derived rows along (foreign key); nothing left to derive.
  SELECT array_agg(m.id) INTO ids FROM massnahme m WHERE m.id = ANY (ids);
  IF ids IS NOT NULL THEN
    PERFORM strategie.leite_massnahme_flaeche(ids);
    PERFORM strategie.leite_massnahme_ortsteil(ids);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION strategie.nach_ortsteil() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
BEGIN
  PERFORM strategie.leite_massnahme_ortsteil(NULL);
  RETURN NULL;
END $$;

-- The same bodies under the public search_path.
DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['nach_raumbezug', 'nach_ortsteil'] LOOP
    EXECUTE replace(replace(pg_get_functiondef(('strategie.' || f || '()')::regprocedure), 'FUNCTION strategie.', 'FUNCTION oeffentlich.'),
      $s$'strategie', 'fnp', 'gemeinde', 'public', 'pg_temp'$s$, $s$'oeffentlich', 'public', 'pg_temp'$s$);
  END LOOP;
END $$;

CREATE TRIGGER leite_neu AFTER INSERT ON strategie.raumbezug REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION strategie.nach_raumbezug();
CREATE TRIGGER leite_geaendert AFTER UPDATE ON strategie.raumbezug REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION strategie.nach_raumbezug();
CREATE TRIGGER leite_geloescht AFTER DELETE ON strategie.raumbezug REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION strategie.nach_raumbezug();
CREATE TRIGGER leite AFTER INSERT OR UPDATE OR DELETE ON gemeinde.ortsteil FOR EACH STATEMENT EXECUTE FUNCTION strategie.nach_ortsteil();
CREATE TRIGGER leite_neu AFTER INSERT ON oeffentlich.raumbezug REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION oeffentlich.nach_raumbezug();
CREATE TRIGGER leite_geaendert AFTER UPDATE ON oeffentlich.raumbezug REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION oeffentlich.nach_raumbezug();
CREATE TRIGGER leite_geloescht AFTER DELETE ON oeffentlich.raumbezug REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION oeffentlich.nach_raumbezug();
CREATE TRIGGER leite AFTER INSERT OR UPDATE OR DELETE ON oeffentlich.ortsteil FOR EACH STATEMENT EXECUTE FUNCTION oeffentlich.nach_ortsteil();

-- An import changes areas behind every measure: derive all of them, in one world.
CREATE FUNCTION strategie.leite_nach_import() RETURNS void LANGUAGE sql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
  SELECT strategie.leite_massnahme_flaeche(NULL)
$$;
CREATE FUNCTION oeffentlich.leite_nach_import() RETURNS void LANGUAGE sql SET search_path = oeffentlich, public, pg_temp AS $$
  SELECT strategie.leite_massnahme_flaeche(NULL)
$$;

RESET ROLE;

-- The stored join follows every edit: one area, one Ortsteil border, one anchor. Functions name no
-- schema, the search_path of the calling trigger decides the world; an import loads a partition that
-- is not attached yet, so no trigger here sees it.
--
-- Of one region the stored figures hold: K, what is covered at least once = gebiet − luecke (without
-- Geltungsbereich: gebiet), S, the sum of the shares, and ueberlappung = S − K. An edit changes K, S and
-- gebiet inside its own outline only, so the figures are moved by these differences.
SET LOCAL ROLE zielraum_owner;
SET LOCAL check_function_bodies = off;

-- Parts of a shape by Ortsteil, 0 = none; where Ortsteile overlap by a sliver the smaller id takes it.
-- `ohne` are Ortsteile left out, `dazu` others put in: the borders as they were.
CREATE FUNCTION fnp.aufteilung(form geometry, ohne int[] DEFAULT '{}', dazu int[] DEFAULT '{}', dazu_geom geometry[] DEFAULT '{}')
RETURNS TABLE (ortsteil_id int, m2 double precision) LANGUAGE plpgsql STABLE AS $$
DECLARE
  o record;
  rest geometry := form;
BEGIN
  IF form IS NULL OR st_area(form) = 0 THEN
    RETURN;
  END IF;
  FOR o IN SELECT x.id, x.geom FROM (
        SELECT t.id, t.geom FROM ortsteil t WHERE t.geom && form AND NOT t.id = ANY (ohne)
        UNION ALL SELECT d.id, d.geom FROM unnest(dazu, dazu_geom) d(id, geom) WHERE d.geom && form) x
      WHERE st_intersects(x.geom, form) ORDER BY x.id LOOP
    IF st_covers(o.geom, rest) THEN
      RETURN QUERY SELECT o.id, st_area(rest);
      RETURN;
    END IF;
    m2 := st_area(st_intersection(rest, o.geom));
    IF m2 > 0 THEN
      ortsteil_id := o.id;
      RETURN NEXT;
      rest := st_collectionextract(st_difference(rest, o.geom), 3);
      EXIT WHEN st_area(rest) = 0;
    END IF;
  END LOOP;
  ortsteil_id := 0;
  m2 := st_area(rest);
  IF m2 > 0 THEN
    RETURN NEXT;
  END IF;
END $$;

-- The Geltungsbereich the parts are cut to; NULL when the plan has none.
CREATE FUNCTION fnp.geltungsbereich(fid int) RETURNS geometry LANGUAGE sql STABLE AS $$
  SELECT g.geom FROM (SELECT CASE WHEN st_isvalid(geom) THEN geom ELSE st_collectionextract(st_makevalid(geom, 'method=structure'), 3) END AS geom
    FROM fassung WHERE id = fid) g WHERE st_area(g.geom) > 0
$$;

CREATE FUNCTION fnp.innerhalb(form geometry, bereich geometry) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN bereich IS NULL OR st_coveredby(form, bereich) THEN form ELSE st_collectionextract(st_intersection(form, bereich), 3) END
$$;

-- Cuts areas of a Fassung anew; returns the number of pairs (area × Ortsteil) stored for them.
-- Parts below 1 cm² (and 1e-10 of the area) are the noise of neighbours that share a line with
-- different points: they go to the largest part, as in the bulk overlay of the import.
CREATE FUNCTION fnp.schneide(fid int, ordnungen bigint[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  bereich geometry := fnp.geltungsbereich(fid);
  paare int;
BEGIN
  DELETE FROM anteil WHERE fassung_id = fid AND ordnung = ANY (ordnungen);
  INSERT INTO anteil (fassung_id, ordnung, ortsteil_id, nutzung, rechtsstand, m2)
  WITH f AS MATERIALIZED (
    SELECT ordnung, nutzung, rechtsstand, geom, fnp.innerhalb(geom, bereich) AS innen FROM flaeche
    WHERE fassung_id = fid AND ordnung = ANY (ordnungen) AND gueltig
  ), teil AS (
    SELECT f.ordnung, a.ortsteil_id, a.m2 FROM f CROSS JOIN LATERAL fnp.aufteilung(f.innen) a
    UNION ALL SELECT f.ordnung, NULL, st_area(f.geom) - st_area(f.innen) FROM f
  ), rang AS (
    SELECT t.*, row_number() OVER (PARTITION BY t.ordnung ORDER BY t.m2 DESC, t.ortsteil_id DESC NULLS LAST) AS nr,
      greatest(1e-4, 1e-10 * sum(t.m2) OVER (PARTITION BY t.ordnung)) AS kleinster
    FROM teil t WHERE t.m2 > 0
  ), ohne_rauschen AS (
    SELECT r.*, coalesce(sum(r.m2) FILTER (WHERE r.nr > 1 AND r.m2 < r.kleinster) OVER (PARTITION BY r.ordnung), 0) AS rauschen FROM rang r
  )
  SELECT fid, f.ordnung, r.ortsteil_id, f.nutzung, f.rechtsstand, r.m2 + CASE WHEN r.nr = 1 THEN r.rauschen ELSE 0 END
  FROM ohne_rauschen r JOIN f USING (ordnung) WHERE r.ortsteil_id IS NOT NULL AND (r.nr = 1 OR r.m2 >= r.kleinster);
  GET DIAGNOSTICS paare = ROW_COUNT;
  -- Readable in the same transaction: how much an edit made us compute.
  PERFORM set_config('zielraum.paare', (coalesce(nullif(current_setting('zielraum.paare', true), ''), '0')::int + paare)::text, true);
  RETURN paare;
END $$;

-- Sum of the shares of some areas by Ortsteil, times a sign: before (−1) and after (1) an edit.
CREATE FUNCTION fnp.anteilsumme(fid int, ordnungen bigint[], vorzeichen int) RETURNS TABLE (id int, s double precision) LANGUAGE sql STABLE AS $$
  SELECT ortsteil_id, vorzeichen * sum(m2) FROM anteil WHERE fassung_id = fid AND ordnung = ANY (ordnungen) GROUP BY 1
$$;

CREATE FUNCTION fnp.beruehre(VARIADIC relationen text[]) RETURNS void LANGUAGE sql AS $$
  SELECT audit.beruehre(n.nspname || '.' || k.relname) FROM unnest(relationen) r
  JOIN pg_class k ON k.oid = to_regclass(r) JOIN pg_namespace n ON n.oid = k.relnamespace
$$;

-- Moves the figures of a Fassung by `delta`: rows {id, s, k, g, u} with the differences of S, K, gebiet
-- and ungueltig of Ortsteil id (0 = none, −1 = outside the Geltungsbereich, where only u counts).
-- What remains below 1 cm² is rounding and becomes 0: a clean plan stays exactly clean.
CREATE FUNCTION fnp.pruefung_verschieben(fid int, delta jsonb, ausserhalb double precision) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  mit_bereich boolean := fnp.geltungsbereich(fid) IS NOT NULL;
BEGIN
  INSERT INTO pruefung (fassung_id, ortsteil_id, gebiet_m2, ueberlappung_m2, luecke_m2, ausserhalb_m2, ungueltig_m2)
    SELECT fid, x.id, 0, 0, 0, 0, 0 FROM (
      SELECT o.id FROM ortsteil o JOIN fassung f ON f.id = fid AND (f.geom IS NULL OR o.geom && f.geom)
      UNION SELECT unnest(ARRAY[0, -1])) x
    ON CONFLICT DO NOTHING;
  UPDATE pruefung p SET
      gebiet_m2 = greatest(p.gebiet_m2 + CASE WHEN mit_bereich THEN d.g ELSE d.k END, 0),
      luecke_m2 = CASE WHEN mit_bereich AND p.luecke_m2 + d.g - d.k >= 1e-4 THEN p.luecke_m2 + d.g - d.k ELSE 0 END,
      ueberlappung_m2 = CASE WHEN p.ueberlappung_m2 + d.s - d.k >= 1e-4 THEN p.ueberlappung_m2 + d.s - d.k ELSE 0 END,
      ungueltig_m2 = CASE WHEN p.ungueltig_m2 + d.u >= 1e-4 THEN p.ungueltig_m2 + d.u ELSE 0 END
    FROM (SELECT id, coalesce(sum(s), 0) AS s, coalesce(sum(k), 0) AS k, coalesce(sum(g), 0) AS g, coalesce(sum(u), 0) AS u
          FROM jsonb_to_recordset(delta) AS x(id int, s double precision, k double precision, g double precision, u double precision) GROUP BY 1) d
    WHERE p.fassung_id = fid AND p.ortsteil_id = d.id AND d.id >= 0;
  DELETE FROM pruefung p WHERE p.fassung_id = fid AND p.ortsteil_id > 0
    AND NOT EXISTS (SELECT FROM ortsteil o JOIN fassung f ON f.id = fid AND (f.geom IS NULL OR o.geom && f.geom) WHERE o.id = p.ortsteil_id);
  UPDATE pruefung p SET gebiet_m2 = s.gebiet, luecke_m2 = s.luecke, ueberlappung_m2 = s.ueberlappung,
      ausserhalb_m2 = CASE WHEN p.ausserhalb_m2 + ausserhalb >= 1e-4 THEN p.ausserhalb_m2 + ausserhalb ELSE 0 END,
      ungueltig_m2 = CASE WHEN p.ungueltig_m2 + s.ungueltig >= 1e-4 THEN p.ungueltig_m2 + s.ungueltig ELSE 0 END
    FROM (SELECT sum(gebiet_m2) AS gebiet, sum(luecke_m2) AS luecke, sum(ueberlappung_m2) AS ueberlappung,
            (SELECT coalesce(sum(x.u), 0) FROM jsonb_to_recordset(delta) AS x(u double precision)) AS ungueltig
          FROM pruefung WHERE fassung_id = fid AND ortsteil_id >= 0) s
    WHERE p.fassung_id = fid AND p.ortsteil_id = -1;
  PERFORM fnp.beruehre('anteil', 'pruefung');
END $$;

-- Areas of one Fassung changed from `alt` to `neu` (rows {ordnung, gueltig, geom}); returns the pairs cut.
CREATE FUNCTION fnp.flaechen_geaendert(fid int, alt_ordnung bigint[], alt_gueltig boolean[], alt_geom geometry[],
  neu_ordnung bigint[], neu_gueltig boolean[], neu_geom geometry[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ordnungen bigint[] := ARRAY(SELECT DISTINCT unnest(alt_ordnung || neu_ordnung));
  bereich geometry := fnp.geltungsbereich(fid);
  delta jsonb;
  paare int;
  ausserhalb double precision;
  gedeckt_alt geometry;
  gedeckt_neu geometry;
  andere geometry;
BEGIN
  SELECT coalesce(jsonb_agg(x), '[]') INTO delta FROM fnp.anteilsumme(fid, ordnungen, -1) x;
  paare := fnp.schneide(fid, ordnungen);
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM fnp.anteilsumme(fid, ordnungen, 1) x;

  SELECT st_union(a.geom) INTO gedeckt_alt FROM unnest(alt_gueltig, alt_geom) a(gueltig, geom) WHERE a.gueltig;
  SELECT st_union(n.geom) INTO gedeckt_neu FROM unnest(neu_gueltig, neu_geom) n(gueltig, geom) WHERE n.gueltig;
  -- Joined this way round the spatial index serves; as EXISTS every area of the Fassung would be read.
  SELECT st_union(n.geom) INTO andere FROM (
    SELECT DISTINCT ON (f.ordnung) f.geom FROM unnest(alt_geom || neu_geom) x(geom) JOIN flaeche f ON f.geom && x.geom
    WHERE f.fassung_id = fid AND f.gueltig AND NOT f.ordnung = ANY (ordnungen) ORDER BY f.ordnung) n;
  IF andere IS NOT NULL THEN
    gedeckt_alt := st_difference(gedeckt_alt, andere);
    gedeckt_neu := st_difference(gedeckt_neu, andere);
  END IF;
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM (
    SELECT ortsteil_id AS id, -m2 AS k FROM fnp.aufteilung(fnp.innerhalb(st_collectionextract(gedeckt_alt, 3), bereich))
    UNION ALL SELECT ortsteil_id, m2 FROM fnp.aufteilung(fnp.innerhalb(st_collectionextract(gedeckt_neu, 3), bereich))) x;

  SELECT coalesce(sum(g.vorzeichen * (st_area(g.geom) - st_area(fnp.innerhalb(g.geom, bereich)))), 0) INTO ausserhalb FROM (
    SELECT -1 AS vorzeichen, a.geom FROM unnest(alt_gueltig, alt_geom) a(gueltig, geom) WHERE a.gueltig
    UNION ALL SELECT 1, n.geom FROM unnest(neu_gueltig, neu_geom) n(gueltig, geom) WHERE n.gueltig) g;
  WITH ungueltig AS (
    SELECT v.vorzeichen, st_area(v.form) AS gesamt, fnp.innerhalb(v.form, bereich) AS innen FROM (
      SELECT g.vorzeichen, st_collectionextract(st_makevalid(g.geom, 'method=structure'), 3) AS form FROM (
        SELECT -1 AS vorzeichen, a.geom FROM unnest(alt_gueltig, alt_geom) a(gueltig, geom) WHERE NOT a.gueltig
        UNION ALL SELECT 1, n.geom FROM unnest(neu_gueltig, neu_geom) n(gueltig, geom) WHERE NOT n.gueltig) g) v
  )
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM (
    SELECT a.ortsteil_id AS id, u.vorzeichen * a.m2 AS u FROM ungueltig u CROSS JOIN LATERAL fnp.aufteilung(u.innen) a
    UNION ALL SELECT -1, u.vorzeichen * (u.gesamt - st_area(u.innen)) FROM ungueltig u) x;
  PERFORM fnp.pruefung_verschieben(fid, delta, ausserhalb);
  RETURN paare;
END $$;

-- The borders the stored join follows. What differs from gemeinde.ortsteil is still to be followed, whatever
-- statement made the difference: a trigger's transition rows would not tell of the others of its command.
CREATE TABLE gemeinde.ortsteil_verbunden (
  id int PRIMARY KEY,
  geom geometry(MultiPolygon, 25832) NOT NULL
);
COMMENT ON TABLE gemeinde.ortsteil_verbunden IS 'Grenzen der Ortsteile, mit denen die Flächen verschnitten sind (abgeleitet)';
COMMENT ON COLUMN gemeinde.ortsteil_verbunden.id IS 'Ortsteil';
COMMENT ON COLUMN gemeinde.ortsteil_verbunden.geom IS 'Gebiet';
SELECT freigabe.spiegle('gemeinde.ortsteil_verbunden');
INSERT INTO gemeinde.ortsteil_verbunden SELECT id, geom FROM gemeinde.ortsteil;
INSERT INTO oeffentlich.ortsteil_verbunden SELECT id, geom FROM oeffentlich.ortsteil;

-- Ortsteile that moved since, with their former shape; NULL for a new one.
CREATE FUNCTION gemeinde.verschoben() RETURNS TABLE (id int, geom geometry) LANGUAGE sql STABLE AS $$
  SELECT coalesce(o.id, v.id), v.geom FROM ortsteil o FULL JOIN ortsteil_verbunden v ON v.id = o.id WHERE o.geom IS DISTINCT FROM v.geom
$$;

-- What they lost or gained together; NULL when nothing moved.
CREATE FUNCTION gemeinde.verschobenes() RETURNS geometry LANGUAGE sql STABLE AS $$
  SELECT st_collectionextract(st_union(CASE WHEN a.geom IS NULL THEN o.geom WHEN o.geom IS NULL THEN a.geom ELSE st_symdifference(a.geom, o.geom) END), 3)
  FROM gemeinde.verschoben() a LEFT JOIN ortsteil o ON o.id = a.id
$$;

CREATE FUNCTION gemeinde.merke_grenzen() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM ortsteil_verbunden v WHERE NOT EXISTS (SELECT FROM ortsteil o WHERE o.id = v.id AND NOT o.geom IS DISTINCT FROM v.geom);
  INSERT INTO ortsteil_verbunden SELECT o.id, o.geom FROM ortsteil o WHERE NOT EXISTS (SELECT FROM ortsteil_verbunden v WHERE v.id = o.id);
END $$;

-- The Fassungen that meet what moved: how many of their areas do, and how many they have.
CREATE FUNCTION fnp.vom_verschobenen_beruehrt(verschoben geometry) RETURNS TABLE (fassung_id int, beruehrt bigint, gesamt bigint) LANGUAGE sql STABLE AS $$
  SELECT fa.id, (SELECT count(*) FROM flaeche f WHERE f.fassung_id = fa.id AND f.geom && verschoben AND st_intersects(f.geom, verschoben)),
    (SELECT count(*) FROM flaeche f WHERE f.fassung_id = fa.id)
  FROM fassung fa WHERE (fa.geom IS NULL OR fa.geom && verschoben) ORDER BY 1
$$;

-- Borders of Ortsteile moved: cuts the areas of one Fassung that meet what moved; returns the pairs.
CREATE FUNCTION fnp.ortsteile_verschoben(fid int, alt_id int[], alt_geom geometry[], verschoben geometry) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  bereich geometry := fnp.geltungsbereich(fid);
  innen geometry := fnp.innerhalb(verschoben, bereich);
  war_id int[];
  war_geom geometry[];
  ordnungen bigint[];
  gedeckt geometry;
  delta jsonb;
  paare int;
BEGIN
  SELECT array_agg(a.id), array_agg(a.geom) INTO war_id, war_geom FROM unnest(alt_id, alt_geom) a(id, geom) WHERE a.geom IS NOT NULL;
  war_id := coalesce(war_id, '{}');
  war_geom := coalesce(war_geom, '{}');
  SELECT array_agg(f.ordnung) FILTER (WHERE f.gueltig), st_intersection(st_union(f.geom) FILTER (WHERE f.gueltig), innen) INTO ordnungen, gedeckt
    FROM flaeche f WHERE f.fassung_id = fid AND f.geom && verschoben AND (NOT f.gueltig OR st_intersects(f.geom, verschoben));
  ordnungen := coalesce(ordnungen, '{}');
  SELECT coalesce(jsonb_agg(x), '[]') INTO delta FROM fnp.anteilsumme(fid, ordnungen, -1) x;
  paare := fnp.schneide(fid, ordnungen);
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM fnp.anteilsumme(fid, ordnungen, 1) x;
  gedeckt := st_collectionextract(gedeckt, 3);
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM (
    SELECT ortsteil_id AS id, m2 AS k, 0::double precision AS g FROM fnp.aufteilung(gedeckt)
    UNION ALL SELECT ortsteil_id, -m2, 0 FROM fnp.aufteilung(gedeckt, alt_id, war_id, war_geom)
    UNION ALL SELECT ortsteil_id, 0, m2 FROM fnp.aufteilung(innen) WHERE bereich IS NOT NULL
    UNION ALL SELECT ortsteil_id, 0, -m2 FROM fnp.aufteilung(innen, alt_id, war_id, war_geom) WHERE bereich IS NOT NULL) x;
  WITH ungueltig AS (
    SELECT st_collectionextract(st_intersection(st_collectionextract(st_makevalid(f.geom, 'method=structure'), 3), innen), 3) AS form
    FROM flaeche f WHERE f.fassung_id = fid AND NOT f.gueltig AND f.geom && verschoben
  )
  SELECT delta || coalesce(jsonb_agg(x), '[]') INTO delta FROM (
    SELECT a.ortsteil_id AS id, a.m2 AS u FROM ungueltig u CROSS JOIN LATERAL fnp.aufteilung(u.form) a
    UNION ALL SELECT a.ortsteil_id, -a.m2 FROM ungueltig u CROSS JOIN LATERAL fnp.aufteilung(u.form, alt_id, war_id, war_geom) a) x;
  PERFORM fnp.pruefung_verschieben(fid, delta, 0);
  RETURN paare;
END $$;

-- Measures that lie in a shape, by their own geometry or that of the area they hang on.
CREATE FUNCTION strategie.massnahmen_bei(form geometry) RETURNS uuid[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(DISTINCT x.massnahme_id), '{}') FROM (
    SELECT r.massnahme_id FROM raumbezug r WHERE r.geom && form AND st_intersects(st_makevalid(r.geom), form)
    UNION ALL SELECT r.massnahme_id FROM verweis v JOIN raumbezug r ON r.plan_id = v.plan_id AND r.flaeche_kennung = v.kennung
      WHERE r.geom IS NULL AND v.geom && form AND st_intersects(st_makevalid(v.geom), form)) x
$$;

-- Everything that hangs on moved borders: shares and figures of the Fassungen (all but `ohne`, which the
-- caller joins anew), measures. Returns the pairs cut.
CREATE FUNCTION fnp.nach_grenzen(ohne int[] DEFAULT '{}') RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ids int[];
  formen geometry[];
  verschoben geometry := gemeinde.verschobenes();
  paare int := 0;
BEGIN
  IF st_area(verschoben) > 0 THEN
    SELECT array_agg(v.id), array_agg(v.geom) INTO ids, formen FROM gemeinde.verschoben() v;
    SELECT coalesce(sum(fnp.ortsteile_verschoben(f.id, ids, formen, verschoben)), 0) INTO paare
      FROM fassung f WHERE (f.geom IS NULL OR f.geom && verschoben) AND NOT f.id = ANY (ohne);
    PERFORM strategie.leite_massnahme_ortsteil(strategie.massnahmen_bei(verschoben));
  END IF;
  PERFORM gemeinde.merke_grenzen();
  RETURN paare;
END $$;

-- An import sets zielraum.verbund to 'gesammelt', writes all its Ortsteile and then calls nach_grenzen once:
-- row by row a shared border would be cut twice.
CREATE FUNCTION strategie.nach_ortsteil_grenze() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
BEGIN
  IF current_setting('zielraum.verbund', true) IS DISTINCT FROM 'gesammelt' THEN
    PERFORM fnp.nach_grenzen();
  END IF;
  RETURN NULL;
END $$;

-- A single area was edited: its own figures, and what hangs on it.
CREATE FUNCTION fnp.vor_flaeche() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.gueltig := st_isvalid(NEW.geom);
  NEW.flaeche_m2 := st_area(NEW.geom);
  RETURN NEW;
END $$;

CREATE FUNCTION fnp.nach_flaeche() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
DECLARE
  a record;
  n record;
  gleich bigint[] := '{}';
  fid int;
  ids uuid[];
BEGIN
  -- Rows whose change means nothing to any sum (a name, a text) cost nothing.
  IF TG_OP = 'UPDATE' THEN
    SELECT coalesce(array_agg(o.ordnung), '{}') INTO gleich FROM alt o JOIN neu m USING (fassung_id, ordnung)
      WHERE (o.kennung, o.nutzung, o.rechtsstand, o.gueltig) = (m.kennung, m.nutzung, m.rechtsstand, m.gueltig) AND NOT o.geom IS DISTINCT FROM m.geom;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    SELECT array_agg(fassung_id) AS f, array_agg(ordnung) AS o, array_agg(kennung) AS k, array_agg(gueltig) AS g, array_agg(geom) AS geom INTO a
      FROM alt WHERE NOT ordnung = ANY (gleich);
  ELSE
    SELECT NULL::int[] AS f, NULL::bigint[] AS o, NULL::text[] AS k, NULL::boolean[] AS g, NULL::geometry[] AS geom INTO a;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    SELECT array_agg(fassung_id) AS f, array_agg(ordnung) AS o, array_agg(gueltig) AS g, array_agg(geom) AS geom INTO n
      FROM neu WHERE NOT ordnung = ANY (gleich);
  ELSE
    SELECT NULL::int[] AS f, NULL::bigint[] AS o, NULL::boolean[] AS g, NULL::geometry[] AS geom INTO n;
  END IF;
  PERFORM audit.beruehre(TG_TABLE_SCHEMA || '.flaeche');
  IF TG_TABLE_SCHEMA = 'fnp' THEN
    IF TG_OP = 'DELETE' THEN
      PERFORM audit.vermerke('fnp.flaeche', concat_ws('/', fassung_id, kennung), 'geloescht', fnp.flaeche_inhalt(nutzung, rechtsstand, name, text, codes, geom)) FROM alt;
    ELSE
      PERFORM audit.vermerke('fnp.flaeche', concat_ws('/', fassung_id, kennung), CASE TG_OP WHEN 'INSERT' THEN 'neu' ELSE 'geaendert' END,
        fnp.flaeche_inhalt(nutzung, rechtsstand, name, text, codes, geom)) FROM neu;
    END IF;
  END IF;

  FOR fid IN SELECT DISTINCT f FROM unnest(coalesce(a.f, '{}') || coalesce(n.f, '{}')) f ORDER BY 1 LOOP
    PERFORM fnp.flaechen_geaendert(fid,
      ARRAY(SELECT x.o FROM unnest(a.f, a.o) x(f, o) WHERE x.f = fid), ARRAY(SELECT x.g FROM unnest(a.f, a.g) x(f, g) WHERE x.f = fid),
      ARRAY(SELECT x.g FROM unnest(a.f, a.geom) x(f, g) WHERE x.f = fid),
      ARRAY(SELECT x.o FROM unnest(n.f, n.o) x(f, o) WHERE x.f = fid), ARRAY(SELECT x.g FROM unnest(n.f, n.g) x(f, g) WHERE x.f = fid),
      ARRAY(SELECT x.g FROM unnest(n.f, n.geom) x(f, g) WHERE x.f = fid));
    CONTINUE WHEN NOT EXISTS (SELECT FROM fassung WHERE id = fid AND aktuell);
    UPDATE verweis v SET fassung_id = fid, nutzung = f.nutzung, flaeche_m2 = f.flaeche_m2, geom = f.geom, entfallen_in = NULL
      FROM flaeche f, fassung fa WHERE fa.id = fid AND v.plan_id = fa.plan_id AND f.fassung_id = fid AND f.ordnung = ANY (n.o) AND v.kennung = f.kennung;
    UPDATE verweis v SET entfallen_in = fid FROM fassung fa
      WHERE fa.id = fid AND v.plan_id = fa.plan_id AND v.kennung = ANY (a.k) AND v.entfallen_in IS NULL
        AND NOT EXISTS (SELECT FROM flaeche f WHERE f.fassung_id = fid AND f.kennung = v.kennung);
    SELECT coalesce(array_agg(DISTINCT x), '{}') INTO ids FROM (
      SELECT massnahme_id FROM massnahme_flaeche WHERE fassung_id = fid AND ordnung = ANY (coalesce(a.o, '{}') || coalesce(n.o, '{}'))
      UNION SELECT unnest(strategie.massnahmen_bei(g)) FROM unnest(n.f, n.geom) y(f, g) WHERE y.f = fid AND st_isvalid(g)) m(x);
    IF ids <> '{}' THEN
      PERFORM strategie.leite_massnahme_flaeche(ids);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

CREATE FUNCTION fnp.flaeche_inhalt(nutzung text, rechtsstand text, name text, text text, codes jsonb, geom geometry) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('nutzung', nutzung, 'rechtsstand', rechtsstand, 'name', name, 'text', text, 'codes', codes, 'geom', encode(sha256(st_asewkb(geom)), 'hex'))
$$;

-- A measure hangs on an anchor whose shape moved (a new delivery, an edit): it lies elsewhere now.
CREATE FUNCTION strategie.nach_verweis() RETURNS trigger LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
DECLARE
  ids uuid[];
BEGIN
  SELECT array_agg(DISTINCT r.massnahme_id) INTO ids FROM alt a JOIN neu n USING (plan_id, kennung)
    JOIN raumbezug r ON r.plan_id = n.plan_id AND r.flaeche_kennung = n.kennung WHERE a.geom IS DISTINCT FROM n.geom;
  IF ids IS NOT NULL THEN
    PERFORM strategie.leite_massnahme_flaeche(ids);
    PERFORM strategie.leite_massnahme_ortsteil(ids);
  END IF;
  RETURN NULL;
END $$;

-- An import or a publication derives for the Fassungen it made current and those they replace, no more.
CREATE FUNCTION strategie.merke_fassung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.aktuell THEN
    PERFORM set_config('zielraum.neue_' || TG_TABLE_SCHEMA, concat_ws(',', nullif(current_setting('zielraum.neue_' || TG_TABLE_SCHEMA, true), ''), NEW.id), true);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION strategie.leite_fassungen(neue int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM strategie.leite_massnahme_flaeche(coalesce(array_agg(DISTINCT x), '{}')) FROM (
    SELECT m.massnahme_id FROM massnahme_flaeche m JOIN fassung f ON f.id = m.fassung_id WHERE NOT f.aktuell OR f.id = ANY (neue)
    UNION SELECT o.massnahme_id FROM (
        SELECT r.massnahme_id, st_makevalid(coalesce(r.geom, v.geom)) AS geom FROM raumbezug r
        LEFT JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung WHERE coalesce(r.geom, v.geom) IS NOT NULL) o
      JOIN flaeche f ON f.geom && o.geom AND f.gueltig AND st_intersects(f.geom, o.geom) WHERE f.fassung_id = ANY (neue)) y(x);
END $$;

CREATE OR REPLACE FUNCTION strategie.leite_nach_import() RETURNS void LANGUAGE plpgsql SET search_path = strategie, fnp, gemeinde, public, pg_temp AS $$
BEGIN
  PERFORM fnp.leite_verweise();
  PERFORM strategie.leite_fassungen(string_to_array(nullif(current_setting('zielraum.neue_fnp', true), ''), ',')::int[]);
END $$;
CREATE OR REPLACE FUNCTION oeffentlich.leite_nach_import() RETURNS void LANGUAGE plpgsql SET search_path = oeffentlich, public, pg_temp AS $$
BEGIN
  PERFORM fnp.leite_verweise();
  PERFORM strategie.leite_fassungen(string_to_array(nullif(current_setting('zielraum.neue_oeffentlich', true), ''), ',')::int[]);
END $$;

-- The same trigger bodies under the public search_path.
DO $$
DECLARE
  f text;
BEGIN
  FOREACH f IN ARRAY ARRAY['strategie.nach_ortsteil_grenze', 'strategie.nach_verweis', 'fnp.nach_flaeche'] LOOP
    EXECUTE regexp_replace(replace(pg_get_functiondef((f || '()')::regprocedure),
      $s$'strategie', 'fnp', 'gemeinde', 'public', 'pg_temp'$s$, $s$'oeffentlich', 'public', 'pg_temp'$s$), 'FUNCTION [a-z]+\.', 'FUNCTION oeffentlich.');
  END LOOP;
END $$;

DO $$
DECLARE
  welt text; ortsteil text; fkt text;
BEGIN
  FOR welt, ortsteil, fkt IN VALUES ('fnp', 'gemeinde.ortsteil', 'strategie'), ('oeffentlich', 'oeffentlich.ortsteil', 'oeffentlich') LOOP
    EXECUTE format('DROP TRIGGER leite ON %s', ortsteil);
    EXECUTE format('CREATE TRIGGER leite AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH STATEMENT EXECUTE FUNCTION %s.nach_ortsteil_grenze()', ortsteil, fkt);
    EXECUTE format('CREATE TRIGGER leite_geaendert AFTER UPDATE ON %I.verweis REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION %I.nach_verweis()', welt, fkt);
    EXECUTE format('CREATE TRIGGER merke AFTER INSERT OR UPDATE OF aktuell ON %I.fassung FOR EACH ROW EXECUTE FUNCTION strategie.merke_fassung()', welt);
    EXECUTE format('CREATE TRIGGER rechne BEFORE INSERT OR UPDATE OF geom, gueltig, flaeche_m2 ON %I.flaeche FOR EACH ROW EXECUTE FUNCTION fnp.vor_flaeche()', welt);
    EXECUTE format('CREATE TRIGGER verbinde_neu AFTER INSERT ON %I.flaeche REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION %I.nach_flaeche()', welt, welt);
    EXECUTE format('CREATE TRIGGER verbinde_geaendert AFTER UPDATE ON %I.flaeche REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION %I.nach_flaeche()', welt, welt);
    EXECUTE format('CREATE TRIGGER verbinde_geloescht AFTER DELETE ON %I.flaeche REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION %I.nach_flaeche()', welt, welt);
  END LOOP;
  DROP FUNCTION strategie.nach_ortsteil();
  DROP FUNCTION oeffentlich.nach_ortsteil();
END $$;

-- A Gemeinde known only because a draft names it is not published: it is public with a shape of its own,
-- or with the first public plan or Ortsteil that needs it.
CREATE FUNCTION freigabe.sofort_gemeinde() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.uebertrage('gemeinde.gemeinde', 'geom IS NOT NULL OR id IN (SELECT id FROM oeffentlich.gemeinde)', 'NOT EXISTS (SELECT FROM gemeinde.gemeinde g WHERE g.id = z.id)');
  RETURN NULL;
END $$;
DROP TRIGGER sofort ON gemeinde.gemeinde;
CREATE TRIGGER sofort AFTER INSERT OR UPDATE OR DELETE ON gemeinde.gemeinde FOR EACH STATEMENT EXECUTE FUNCTION freigabe.sofort_gemeinde();

CREATE FUNCTION freigabe.gemeinde_mit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.gemeinde_id IS NOT NULL AND NOT EXISTS (SELECT FROM oeffentlich.gemeinde WHERE id = NEW.gemeinde_id) THEN
    PERFORM freigabe.uebertrage('gemeinde.gemeinde', format('id = %s', NEW.gemeinde_id), 'false');
  END IF;
  RETURN NEW;
END $$;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['plan', 'plan_gemeinde', 'ortsteil'] LOOP
    EXECUTE format('CREATE TRIGGER gemeinde_mit BEFORE INSERT OR UPDATE OF gemeinde_id ON oeffentlich.%I FOR EACH ROW EXECUTE FUNCTION freigabe.gemeinde_mit()', t);
  END LOOP;
END $$;

-- Signs that common fonts have: U+23F8 was an empty box on most desks.
UPDATE strategie.ampel SET symbol = CASE schluessel WHEN 'ruht' THEN '‖' ELSE '→' END WHERE schluessel IN ('ruht', 'zusammengefuehrt');

RESET ROLE;

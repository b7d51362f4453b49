-- The worlds of the past: here the tables themselves are views, and all later view files run on
-- them unchanged. In the worlds of today this file does nothing.
--
-- Which past (domain rule): the plan is seen in valid time, the Fassung in force on the day as we
-- know it now; everything else in transaction time, what the system (or the public) saw then.
-- Gemeinde and Ortsteile count from ever with their first known shape: their day of import is no history.
DO $$
DECLARE
  hier name := current_schema(); r record; jetzt text := 'current_setting(''zielraum.stand'')::timestamptz'; quelle text; q text; erste text; tag text;
BEGIN
  IF hier NOT IN ('damals', 'oeffentlich_damals') THEN
    RETURN;
  END IF;
  tag := format('(%s AT TIME ZONE ''Europe/Berlin'')::date', jetzt);
  FOR r IN SELECT n.nspname, k.relname, k.relname IN ('gemeinde', 'ortsteil') AS seit_je, h.oid AS historie,
      string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS spalten,
      string_agg(CASE WHEN b.attname IS NULL THEN format('NULL::%s AS %I', format_type(a.atttypid, a.atttypmod), a.attname) ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum) AS frueher
    FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace JOIN pg_class h ON h.relnamespace = k.relnamespace AND h.relname = k.relname || '_historie'
    JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attribute b ON b.attrelid = h.oid AND b.attname = a.attname AND NOT b.attisdropped
    WHERE n.nspname <> 'auth' AND (n.nspname = 'oeffentlich') = (hier = 'oeffentlich_damals') AND k.relkind = 'r' AND k.relname NOT IN ('plan', 'fassung', 'plan_gemeinde', 'flaeche')
    GROUP BY 1, 2, 3, 4 HAVING bool_or(a.attname = 'seit') LOOP
    -- With the first known shape: a row without a past counts from ever, and so does the first past row.
    quelle := format('%I.%I', r.nspname, r.relname);
    erste := CASE WHEN r.seit_je THEN format(' OR NOT EXISTS (SELECT FROM %s_historie v WHERE v.id = x.id)', quelle) ELSE '' END;
    EXECUTE format('CREATE VIEW %1$I WITH (security_invoker = true) AS
      SELECT %2$s FROM %3$s x WHERE x.seit <= %4$s%5$s UNION ALL SELECT %6$s FROM %3$s_historie x WHERE x.zeitraum @> %4$s%7$s',
      r.relname, r.spalten, quelle, jetzt, erste, r.frueher,
      CASE WHEN r.seit_je THEN format(' OR upper(x.zeitraum) > %s AND NOT EXISTS (SELECT FROM %s_historie v WHERE v.id = x.id AND lower(v.zeitraum) < lower(x.zeitraum))', jetzt, quelle) ELSE '' END);
  END LOOP;

  q := CASE hier WHEN 'damals' THEN 'fnp' ELSE 'oeffentlich' END;
  -- In force by its days; without days (drafts) from its import to the next one; replaced ones never.
  EXECUTE format('CREATE VIEW fassung WITH (security_invoker = true) AS
    WITH g AS (
      SELECT f.*, f.gueltig IS NOT NULL AND f.stand IN (''wirksam'', ''frueher'') AS mit_tagen,
        CASE WHEN f.stand = ''ersetzt'' THEN false
          WHEN f.gueltig IS NOT NULL AND f.stand IN (''wirksam'', ''frueher'') THEN f.gueltig @> %2$s
          ELSE f.eingelesen_am <= %3$s AND NOT EXISTS (SELECT FROM %1$I.fassung n WHERE n.plan_id = f.plan_id AND n.nummer > f.nummer AND n.eingelesen_am <= %3$s) END AS gilt
      FROM %1$I.fassung f
    )
    SELECT id, plan_id, nummer, gueltig, CASE WHEN gilt AND mit_tagen THEN ''wirksam'' ELSE stand END AS stand,
      gilt AND NOT EXISTS (SELECT FROM g x WHERE x.plan_id = g.plan_id AND x.gilt AND (x.mit_tagen, x.nummer) > (g.mit_tagen, g.nummer)) AS aktuell,
      importlauf_id, eingelesen_am, flaeche_m2, geom, seit FROM g', q, tag, jetzt);
  EXECUTE (SELECT format('CREATE VIEW plan WITH (security_invoker = true) AS SELECT %s FROM %I.plan p JOIN fassung f ON f.plan_id = p.id AND f.aktuell',
      string_agg(CASE attname WHEN 'stand' THEN 'CASE WHEN f.stand = ''wirksam'' THEN ''wirksam'' WHEN p.stand = ''wirksam'' THEN ''entwurf'' ELSE p.stand END AS stand' ELSE format('p.%I', attname) END, ', ' ORDER BY attnum), q)
    FROM pg_attribute WHERE attrelid = format('%I.plan', q)::regclass AND attnum > 0 AND NOT attisdropped);

  -- Where a measure lies follows from its places. Stored rows serve as long as nothing behind them
  -- changed since; the others are computed (as strategie.leite_massnahme_* does).
  q := CASE hier WHEN 'damals' THEN 'strategie' ELSE 'oeffentlich' END;
  EXECUTE format('CREATE VIEW massnahme_bewegt WITH (security_invoker = true) AS
    SELECT massnahme_id FROM %1$I.raumbezug WHERE seit > %2$s
    UNION SELECT massnahme_id FROM %1$I.raumbezug_historie WHERE upper(zeitraum) > %2$s
    UNION SELECT r.massnahme_id FROM raumbezug r JOIN %3$I.verweis_historie v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung WHERE upper(v.zeitraum) > %2$s
    UNION SELECT m.id FROM massnahme m WHERE EXISTS (SELECT FROM %4$I.ortsteil_historie o WHERE upper(o.zeitraum) > %2$s)
    UNION SELECT m.id FROM massnahme m WHERE NOT EXISTS (SELECT FROM %1$I.massnahme b WHERE b.id = m.id)' || CASE hier WHEN 'damals' THEN ' UNION SELECT freigabe.vorgelegt(''massnahme'')' ELSE '' END,
    q, jetzt, CASE hier WHEN 'damals' THEN 'fnp' ELSE 'oeffentlich' END, CASE hier WHEN 'damals' THEN 'gemeinde' ELSE 'oeffentlich' END);
  -- What a page lists of the versions before.
  EXECUTE format('CREATE VIEW massnahme_historie WITH (security_invoker = true) AS SELECT * FROM %I.massnahme_historie WHERE upper(zeitraum) <= %s', q, jetzt);
  CREATE VIEW massnahme_form WITH (security_invoker = true) AS
    WITH ort AS (
      SELECT r.massnahme_id, coalesce(r.geom, v.geom) AS geom FROM raumbezug r LEFT JOIN verweis v ON v.plan_id = r.plan_id AND v.kennung = r.flaeche_kennung
      WHERE coalesce(r.geom, v.geom) IS NOT NULL
    )
    SELECT massnahme_id, st_dimension(geom) AS dimension, st_unaryunion(st_collect(st_makevalid(geom))) AS geom FROM ort WHERE st_dimension(geom) > 0 GROUP BY 1, 2
    UNION ALL SELECT DISTINCT massnahme_id, 0, (st_dump(geom)).geom FROM ort WHERE st_dimension(geom) = 0;
  CREATE VIEW massnahme_gesamt WITH (security_invoker = true) AS
    SELECT DISTINCT ON (massnahme_id) massnahme_id, dimension, CASE dimension WHEN 2 THEN sum(st_area(geom)) WHEN 1 THEN sum(st_length(geom)) ELSE count(*) END AS gesamt
    FROM massnahme_form GROUP BY 1, 2 ORDER BY 1, 2 DESC;
  EXECUTE format('CREATE VIEW massnahme_ortsteil WITH (security_invoker = true) AS
    WITH treffer AS (
      SELECT m.massnahme_id, m.dimension, o.id AS ortsteil_id, m.geom AS form, o.geom AS gebiet FROM massnahme_form m JOIN ortsteil o ON o.geom && m.geom AND st_intersects(o.geom, m.geom)
      WHERE m.massnahme_id IN (SELECT massnahme_id FROM massnahme_bewegt)
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
      SELECT DISTINCT massnahme_id, ortsteil_id FROM raumbezug WHERE art = ''ortsteil'' AND massnahme_id IN (SELECT massnahme_id FROM massnahme_bewegt)
    ), genannt_zahl AS (SELECT massnahme_id, count(*) AS zahl FROM genannt GROUP BY 1)
    SELECT massnahme_id, ortsteil_id, schnitt_m2, schnitt_m, punkte, anteil, herkunft FROM %I.massnahme_ortsteil WHERE massnahme_id IN (SELECT id FROM massnahme) AND massnahme_id NOT IN (SELECT massnahme_id FROM massnahme_bewegt)
    UNION ALL
    SELECT massnahme_id, ortsteil_id, l.m2, l.m, l.n,
      CASE WHEN g.gesamt IS NOT NULL THEN coalesce(CASE g.dimension WHEN 2 THEN l.m2 WHEN 1 THEN l.m ELSE l.n END, 0) / nullif(g.gesamt, 0) WHEN z.zahl = 1 THEN 1 END,
      CASE WHEN n.massnahme_id IS NULL THEN ''lage'' ELSE ''ortsteil'' END
    FROM lage l FULL JOIN genannt n USING (massnahme_id, ortsteil_id) LEFT JOIN massnahme_gesamt g USING (massnahme_id) LEFT JOIN genannt_zahl z USING (massnahme_id)', q);
  EXECUTE format('CREATE VIEW massnahme_flaeche WITH (security_invoker = true) AS
    WITH gespeichert AS (
      SELECT f.id FROM fassung f JOIN %2$I.fassung h ON h.id = f.id AND h.aktuell WHERE f.aktuell
    ), treffer AS (
      SELECT m.massnahme_id, m.dimension, f.fassung_id, f.ordnung, m.geom AS form, f.geom AS flaeche
      FROM massnahme_form m JOIN flaeche f ON f.geom && m.geom AND st_intersects(f.geom, m.geom) JOIN fassung fa ON fa.id = f.fassung_id AND fa.aktuell
      WHERE f.gueltig AND (fa.id NOT IN (SELECT id FROM gespeichert) OR m.massnahme_id IN (SELECT massnahme_id FROM massnahme_bewegt))
    ), punkt AS (
      SELECT DISTINCT ON (massnahme_id, fassung_id, form) massnahme_id, fassung_id, ordnung FROM treffer WHERE dimension = 0 ORDER BY massnahme_id, fassung_id, form, ordnung
    ), teil AS (
      SELECT massnahme_id, fassung_id, ordnung, st_area(st_intersection(form, flaeche)) AS m2, NULL::double precision AS m, NULL::bigint AS n FROM treffer WHERE dimension = 2
      UNION ALL SELECT massnahme_id, fassung_id, ordnung, NULL, st_length(st_intersection(form, flaeche)), NULL FROM treffer WHERE dimension = 1
      UNION ALL SELECT massnahme_id, fassung_id, ordnung, NULL, NULL, count(*) FROM punkt GROUP BY 1, 2, 3
    ), summe AS (
      SELECT massnahme_id, fassung_id, ordnung, sum(m2) FILTER (WHERE m2 > 0.01) AS m2, sum(m) FILTER (WHERE m > 0.01) AS m, sum(n)::int AS n FROM teil GROUP BY 1, 2, 3
    )
    SELECT massnahme_id, fassung_id, ordnung, schnitt_m2, schnitt_m, punkte, anteil FROM %1$I.massnahme_flaeche
      WHERE fassung_id IN (SELECT id FROM gespeichert) AND massnahme_id IN (SELECT id FROM massnahme) AND massnahme_id NOT IN (SELECT massnahme_id FROM massnahme_bewegt)
    UNION ALL
    SELECT s.massnahme_id, s.fassung_id, s.ordnung, s.m2, s.m, s.n, coalesce(CASE g.dimension WHEN 2 THEN s.m2 WHEN 1 THEN s.m ELSE s.n END, 0) / nullif(g.gesamt, 0)
    FROM summe s JOIN massnahme_gesamt g USING (massnahme_id) WHERE num_nonnulls(s.m2, s.m, s.n) > 0', q, CASE hier WHEN 'damals' THEN 'fnp' ELSE 'oeffentlich' END);
END $$;

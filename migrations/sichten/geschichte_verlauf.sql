-- The history of one object: every version of its row and of the rows that belong to it, one
-- branch per followed table and owner, made from the catalogue so that none is forgotten.
-- Geometries appear as hash, m² and m; personal fields and internal numbers are no history.
-- In the worlds of the past this file does nothing: a history has all of it. Restricted readers have the
-- working history of what they read in the working version, the public one of everything else.
DO $$
DECLARE
  oeffentlich boolean := current_schema() = 'oeffentlich'; r record; sicht text := ''; namen text := ''; codes text := ''; daten text; eigner text;
BEGIN
  IF current_schema() IN ('damals', 'oeffentlich_damals', 'leser_damals') THEN
    RETURN;
  END IF;
  IF current_schema() = 'leser' THEN
    CREATE VIEW verlauf_zeile WITH (security_invoker = true) AS
      SELECT * FROM strategie.verlauf_zeile v WHERE freigabe.im_arbeitsstand(v.gegenstand, v.kennung, false)
      UNION ALL SELECT * FROM oeffentlich.verlauf_zeile v WHERE NOT freigabe.im_arbeitsstand(v.gegenstand, v.kennung, true) AND (SELECT freigabe.sieht('veroeffentlicht'));
    CREATE VIEW benennung WITH (security_invoker = true) AS
      SELECT * FROM strategie.benennung UNION ALL SELECT * FROM oeffentlich.benennung o WHERE NOT EXISTS (SELECT FROM strategie.benennung b WHERE b.tabelle = o.tabelle AND b.id = o.id);
    CREATE VIEW code_titel WITH (security_invoker = true) AS SELECT * FROM strategie.code_titel;
    RETURN;
  END IF;
  FOR r IN
    WITH t AS (
      SELECT k.oid, n.nspname, k.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attname = 'kennung' AND NOT a.attisdropped) AND k.relname <> 'verweis' AS eigen
      FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace
      WHERE k.relkind = 'r' AND (n.nspname = 'oeffentlich') = oeffentlich AND n.nspname NOT IN ('audit', 'auth', 'freigabe') AND k.relname <> 'flaeche'
        AND has_table_privilege('zielraum_staff', k.oid, 'SELECT') -- contacts of persons are nobody's reading
        AND EXISTS (SELECT FROM pg_class h WHERE h.relnamespace = k.relnamespace AND h.relname = k.relname || '_historie')
        AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = k.oid AND a.attname = 'seit' AND NOT a.attisdropped)
    ), teil AS (
      -- what belongs to whom: as published, else by the first foreign key to something with a kennung
      SELECT t.oid, o.oid AS eigner_oid, o.relname AS gegenstand, x.eigner AS spalte FROM freigabe.teil x JOIN freigabe.art y USING (art)
        JOIN t ON t.relname = split_part(x.relation, '.', 2) JOIN t o ON o.relname = split_part(y.relation, '.', 2)
      UNION SELECT * FROM (SELECT DISTINCT ON (t.oid) t.oid, o.oid, o.relname, a.attname::text FROM t JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f' JOIN t o ON o.oid = f.confrelid AND o.eigen
        JOIN pg_attribute a ON a.attrelid = t.oid AND f.conkey = ARRAY[a.attnum]
        WHERE NOT t.eigen AND NOT EXISTS (SELECT FROM freigabe.teil x WHERE split_part(x.relation, '.', 2) = t.relname) ORDER BY t.oid, a.attnum) z
    )
    SELECT t.oid, t.nspname, t.relname, NULL::oid AS eigner_oid, t.relname AS gegenstand, NULL AS spalte FROM t WHERE t.eigen
    UNION ALL SELECT t.oid, t.nspname, t.relname, teil.eigner_oid, teil.gegenstand, teil.spalte FROM t JOIN teil USING (oid) ORDER BY 5, 3
  LOOP
    SELECT 'jsonb_build_object(' || string_agg(format('%L, %s', a.attname, CASE WHEN format_type(a.atttypid, NULL) = 'geometry'
        THEN format('CASE WHEN x.%1$I IS NOT NULL THEN jsonb_build_object(''lage'', encode(sha256(ST_AsEWKB(x.%1$I)), ''hex''), ''m2'', ST_Area(x.%1$I), ''m'', CASE ST_Dimension(x.%1$I) WHEN 1 THEN ST_Length(x.%1$I) END) END', a.attname) ELSE format('to_jsonb(x.%I)', a.attname) END), ', ' ORDER BY a.attnum) || ')'
      INTO daten FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname NOT IN ('id', 'seit', 'version', 'erstellt_am')
        AND NOT a.attname = ANY (audit.personenfelder(r.oid::regclass));
    -- An owner that is gone is known by its own history.
    eigner := CASE WHEN r.spalte IS NULL THEN '' ELSE format(' JOIN (SELECT id, kennung FROM %1$s UNION SELECT id, kennung FROM %1$s_historie) e ON e.id = x.%2$I', r.eigner_oid::regclass, r.spalte) END;
    sicht := sicht || format(' UNION ALL SELECT %1$L::text, %2$s.kennung::text, %3$L::text, %4$s, x.seit, NULL::timestamptz, NULL::bigint, %5$s FROM %6$I.%7$I x%8$s
      UNION ALL SELECT %1$L, %2$s.kennung, %3$L, %4$s, lower(x.zeitraum), upper(x.zeitraum), x.beendet_durch, %5$s FROM %6$I.%9$I x%8$s',
      r.gegenstand, CASE WHEN r.spalte IS NULL THEN 'x' ELSE 'e' END, r.nspname || '.' || r.relname, audit.schluesselausdruck(r.oid::regclass), daten, r.nspname, r.relname, eigner, r.relname || '_historie');
    IF r.spalte IS NULL THEN
      namen := namen || (SELECT format(' UNION ALL SELECT %L::text, id::text, kennung::text, %I::text FROM %s', r.relname, min(a.attname), r.oid::regclass)
        FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attname IN ('titel', 'name') AND NOT a.attisdropped);
    END IF;
  END LOOP;
  -- Areas of a plan: their Fassungen, and for staff the edits within one.
  daten := 'jsonb_build_object(''Fassung'', fa.nummer, ''nutzung'', x.nutzung, ''rechtsstand'', x.rechtsstand, ''name'', x.name, ''text'', x.text, ''codes'', x.codes,
    ''geom'', jsonb_build_object(''lage'', encode(sha256(ST_AsEWKB(x.geom)), ''hex''), ''m2'', ST_Area(x.geom), ''m'', NULL))';
  eigner := CASE WHEN oeffentlich THEN 'oeffentlich' ELSE 'fnp' END;
  sicht := sicht || format(' UNION ALL SELECT ''flaeche'', x.kennung, %1$L, x.kennung, %3$s, (SELECT min(n.eingelesen_am) FROM %2$I.fassung n WHERE n.plan_id = fa.plan_id AND n.nummer > fa.nummer), NULL, %4$s
    FROM %2$I.fassung fa JOIN %2$I.flaeche x ON x.fassung_id = fa.id', eigner || '.flaeche', eigner,
    CASE WHEN oeffentlich THEN 'fa.eingelesen_am' ELSE '(SELECT coalesce(max(upper(h.zeitraum)), fa.eingelesen_am) FROM fnp.flaeche_historie h WHERE h.fassung_id = fa.id AND h.kennung = x.kennung)' END, daten);
  IF NOT oeffentlich THEN
    sicht := sicht || format(' UNION ALL SELECT ''flaeche'', x.kennung, ''fnp.flaeche'', x.kennung, lower(x.zeitraum), upper(x.zeitraum), x.beendet_durch, %s FROM fnp.flaeche_historie x JOIN fnp.fassung fa ON fa.id = x.fassung_id', daten);
  END IF;
  FOR r IN SELECT n.nspname, k.relname, min(a.attname) FILTER (WHERE a.attname IN ('titel', 'name')) AS titel FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace JOIN pg_attribute a ON a.attrelid = k.oid AND NOT a.attisdropped
      WHERE k.relkind = 'r' AND (n.nspname = 'oeffentlich') = oeffentlich AND n.nspname NOT IN ('audit', 'auth', 'pg_catalog') GROUP BY 1, 2 HAVING bool_or(a.attname = 'schluessel') AND bool_or(a.attname IN ('titel', 'name')) AND NOT bool_or(a.attname = 'kennung') LOOP
    codes := codes || format(' UNION ALL SELECT %L::text, schluessel::text, %I::text FROM %I.%I', r.relname, r.titel, r.nspname, r.relname);
  END LOOP;
  EXECUTE 'CREATE VIEW verlauf_zeile (gegenstand, kennung, tabelle, schluessel, von, bis, beendet_durch, daten) WITH (security_invoker = true) AS ' || substr(sicht, 12);
  EXECUTE 'CREATE VIEW benennung (tabelle, id, kennung, name) WITH (security_invoker = true) AS ' || substr(namen, 12);
  EXECUTE 'CREATE VIEW code_titel (tabelle, schluessel, titel) WITH (security_invoker = true) AS ' || substr(codes, 12);
  FOR r IN SELECT * FROM (VALUES ('verlauf_zeile', 'gegenstand', 'Art des Gegenstands'), ('verlauf_zeile', 'kennung', 'Kennung des Gegenstands'), ('verlauf_zeile', 'tabelle', 'Tabelle'), ('verlauf_zeile', 'schluessel', 'Schlüssel der Zeile'),
      ('verlauf_zeile', 'von', 'Von'), ('verlauf_zeile', 'bis', 'Bis'), ('verlauf_zeile', 'beendet_durch', 'Beendet durch Änderung'), ('verlauf_zeile', 'daten', 'Werte'),
      ('benennung', 'tabelle', 'Tabelle'), ('benennung', 'id', 'Interne Nummer'), ('benennung', 'kennung', 'Kennung'), ('benennung', 'name', 'Name'),
      ('code_titel', 'tabelle', 'Tabelle'), ('code_titel', 'schluessel', 'Schlüssel'), ('code_titel', 'titel', 'Bezeichnung')) v (sicht, spalte, titel) LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', r.sicht, r.spalte, r.titel);
  END LOOP;
END $$;

-- What publishing would change, field by field in the words of the titles; what changed since a
-- request; the list of everything that can be published.

-- A value as people read it: names instead of numbers, German dates and amounts, the size of a shape.
CREATE OR REPLACE FUNCTION freigabe.lesbar(rel regclass, spalte text, alias text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  w text := format('%s.%I', alias, spalte); typ text; f record;
BEGIN
  SELECT format_type(atttypid, NULL) INTO typ FROM pg_attribute WHERE attrelid = rel AND attname = spalte;
  SELECT k.confrelid::regclass AS ziel, z.attname AS schluessel, (SELECT s.attname FROM pg_attribute s WHERE s.attrelid = k.confrelid AND s.attname IN ('titel', 'name') AND NOT s.attisdropped LIMIT 1) AS titel INTO f
    FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = rel AND a.attname = spalte AND k.conkey = ARRAY[a.attnum] JOIN pg_attribute z ON z.attrelid = k.confrelid AND z.attnum = k.confkey[1] WHERE k.conrelid = rel AND k.contype = 'f' LIMIT 1;
  IF f.titel IS NOT NULL THEN
    RETURN format('(SELECT t.%I FROM %s t WHERE t.%I = %s)', f.titel, f.ziel, f.schluessel, w);
  END IF;
  RETURN CASE
    WHEN typ LIKE 'geometry%' THEN format('CASE st_dimension(%1$s) WHEN 2 THEN translate(to_char(st_area(%1$s), ''FM999G999G999G990''), '','', ''.'') || '' m²'' WHEN 1 THEN translate(to_char(st_length(%1$s), ''FM999G999G990''), '','', ''.'') || '' m'' WHEN 0 THEN st_numgeometries(%1$s) || '' Punkt(e)'' END || '' bei '' || round(st_x(st_centroid(%1$s))) || '' '' || round(st_y(st_centroid(%1$s))) || '' (Form '' || left(md5(st_asbinary(%1$s)), 6) || '')''', w)
    WHEN typ = 'boolean' THEN format('CASE %1$s WHEN true THEN ''ja'' WHEN false THEN ''nein'' END', w)
    WHEN typ = 'date' THEN format('to_char(%s, ''DD.MM.YYYY'')', w)
    WHEN spalte LIKE '%\_ct' THEN format('translate(to_char(%s / 100.0, ''FM999G999G999G990D00''), '',.'', ''.,'') || '' €''', w)
    ELSE w || '::text' END;
END $$;

-- Both sides of an object: what publishing now would copy (entwurf), and what is public (oeffentlich).
-- One row per row of either; werte: title of the field → value, in the order of the columns.
CREATE OR REPLACE FUNCTION freigabe.gegenueber(art text, id uuid) RETURNS TABLE (nr int, relation text, titel text, seite text, schluessel text, werte json) LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); t record; rel regclass; felder text; pk text;
BEGIN
  FOR t IN SELECT 0 AS nr, a.relation, 'id' AS eigner, 'true' AS bedingung UNION ALL
      SELECT (row_number() OVER (ORDER BY x.relation))::int, x.relation, x.eigner, x.bedingung FROM freigabe.teil x WHERE x.art = a.art AND x.nur = 'true' ORDER BY 1 LOOP
    rel := t.relation::regclass;
    SELECT string_agg(format('%L, %s', freigabe.titel(rel, s.spalte), freigabe.lesbar(rel, s.spalte, 'z')), ', ' ORDER BY w.attnum) INTO felder
      FROM freigabe.spalten(rel) s JOIN pg_attribute w ON w.attrelid = rel AND w.attname = s.spalte WHERE s.spalte NOT IN ('id', 'version', 'seit', t.eigner) AND NOT s.erzeugt;
    SELECT string_agg(format('z.%I::text', x.attname), ', ') INTO pk FROM pg_index i JOIN pg_attribute x ON x.attrelid = i.indrelid AND x.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary;
    RETURN QUERY EXECUTE format('SELECT $2, $3, $4, v.seite, concat_ws(''/'', v.pk), v.werte FROM (
        SELECT ''entwurf''::text AS seite, concat_ws(''/'', %1$s) AS pk, json_build_object(%2$s) AS werte FROM (%3$s) z UNION ALL
        SELECT ''oeffentlich'', concat_ws(''/'', %1$s), json_build_object(%2$s) FROM %4$s z WHERE z.%5$I = $1) v ORDER BY v.pk, v.seite',
      pk, felder, freigabe.auswahl(rel, format('q.%I = %L AND (%s)', t.eigner, id, t.bedingung), t.relation), freigabe.kopie(rel), t.eigner) USING id, t.nr, t.relation, freigabe.titel(rel);
  END LOOP;
  IF a.art = 'plan' THEN
    RETURN QUERY SELECT 1, 'fnp.fassung', 'Fassung', v.seite, v.nummer::text, json_build_object('Nummer', v.nummer, 'Stand', v.stand, 'Fläche', round(v.flaeche_m2) || ' m²', 'Objekte', v.objekte, 'Inhalt', v.inhalt) FROM (
      SELECT 'entwurf' AS seite, f.nummer, f.stand, f.flaeche_m2, (SELECT count(*) FROM fnp.flaeche x WHERE x.fassung_id = f.id) AS objekte, CASE WHEN EXISTS (SELECT FROM freigabe.fassung_geaendert g WHERE g.fassung_id = f.id) THEN 'bearbeitet' ELSE 'wie eingelesen' END AS inhalt
        FROM fnp.fassung f WHERE f.plan_id = gegenueber.id AND f.aktuell
      UNION ALL SELECT 'oeffentlich', f.nummer, f.stand, f.flaeche_m2, (SELECT count(*) FROM oeffentlich.flaeche x WHERE x.fassung_id = f.id), 'wie eingelesen' FROM oeffentlich.fassung f WHERE f.plan_id = gegenueber.id AND f.aktuell) v;
  END IF;
END $$;

-- Titles of what changed after a moment: fields of the object, names of its parts. NULL: nothing.
CREATE OR REPLACE FUNCTION freigabe.seither(art text, id uuid, zeit timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); rel regclass := a.relation::regclass; f record; t record; anders boolean; liste text[] := '{}';
BEGIN
  FOR f IN SELECT s.spalte FROM freigabe.spalten(rel) s WHERE NOT s.erzeugt AND s.spalte NOT IN ('id', 'kennung', 'version', 'seit') LOOP
    EXECUTE format('SELECT n.%1$I IS DISTINCT FROM d.%1$I FROM %2$s n JOIN %3$s d USING (id) WHERE n.id = $1', f.spalte, rel, freigabe.damals(rel, zeit)) INTO anders USING id;
    IF anders THEN
      liste := liste || freigabe.titel(rel, f.spalte);
    END IF;
  END LOOP;
  FOR t IN SELECT x.relation, x.eigner FROM freigabe.teil x WHERE x.art = a.art AND x.nur = 'true' ORDER BY 1 LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %1$s WHERE %2$I = $1 AND seit > $2 UNION ALL SELECT FROM %1$s_historie WHERE %2$I = $1 AND upper(zeitraum) > $2)', t.relation, t.eigner) INTO anders USING id, zeit;
    IF anders THEN
      liste := liste || freigabe.titel(t.relation::regclass);
    END IF;
  END LOOP;
  RETURN nullif(array_to_string(liste, ', '), '');
END $$;

-- Everything that can be published, with its state.
CREATE OR REPLACE FUNCTION freigabe.gegenstaende() RETURNS TABLE (art text, art_titel text, id uuid, kennung text, titel text, zustand text, version int, oeffentlich boolean, entwurf boolean, seit timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art;
BEGIN
  FOR a IN SELECT * FROM freigabe.art x ORDER BY x.reihenfolge LOOP
    RETURN QUERY EXECUTE format('SELECT %L::text, %L::text, q.id, q.kennung::text, coalesce(q.%I, q.kennung)::text, q.veroeffentlichung, q.version, g.id IS NOT NULL, g.version IS DISTINCT FROM q.version, q.seit
      FROM %s q LEFT JOIN freigabe.gleichstand g ON g.art = %L AND g.id = q.id', a.art, freigabe.titel(a.relation::regclass),
      (SELECT s.attname FROM pg_attribute s WHERE s.attrelid = a.relation::regclass AND s.attname IN ('titel', 'name') AND NOT s.attisdropped LIMIT 1), a.relation, a.art);
  END LOOP;
END $$;
CREATE OR REPLACE FUNCTION freigabe.finde(art text, kennung text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  id uuid;
BEGIN
  EXECUTE format('SELECT id FROM %s WHERE kennung = $1', (freigabe.art_(art)).relation) INTO id USING kennung;
  RETURN id;
END $$;

-- The list is asked in the reader's own world, where row level security shows no more than they may see.
GRANT EXECUTE ON FUNCTION freigabe.gegenstaende(), freigabe.titel(regclass), freigabe.titel(regclass, text) TO zielraum_staff;

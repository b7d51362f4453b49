-- Readers who do not see everything (Stadtrat, Fachamt, Ortssprecher): which rows they read in the working
-- version, what stands in the place of the others, and what of the past is theirs.
SET LOCAL ROLE zielraum_owner;

-- Their tables are views of the same names: the working row where they may read it, else the published copy
-- (migrations/sichten/leser.sql); so every view file and every statement runs there unchanged.
CREATE SCHEMA leser;
COMMENT ON SCHEMA leser IS 'Die Tabellen der Arbeitsschemas für eingeschränkte Leser: eigene und vorgelegte Zeilen, sonst die veröffentlichten';
CREATE SCHEMA leser_damals;
COMMENT ON SCHEMA leser_damals IS 'Dasselbe zu einem Zeitpunkt (zielraum.stand)';
GRANT USAGE ON SCHEMA leser, leser_damals TO zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA leser GRANT SELECT ON TABLES TO zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA leser_damals GRANT SELECT ON TABLES TO zielraum_staff;

-- ---------------------------------------------------------------- who reads which rows
-- The moment a session looks from; NULL: now.
CREATE FUNCTION freigabe.moment() RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('zielraum.stand', true), '')::timestamptz $$;

-- As in 0030; an office is its own and those below it.
CREATE OR REPLACE FUNCTION freigabe.eigene_von(art text, referat text, ortsteil text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  WITH RECURSIVE amt AS (
      SELECT a.id FROM strategie.akteur a WHERE a.kennung = referat
    UNION
      SELECT a.id FROM strategie.akteur a JOIN amt ON a.uebergeordnet_id = amt.id),
  ort AS (SELECT o.id FROM gemeinde.ortsteil o WHERE o.kennung = ortsteil)
  SELECT CASE art WHEN 'massnahme' THEN z.massnahme_id WHEN 'ziel' THEN z.ziel_id WHEN 'kennzahl' THEN z.kennzahl_id END
    FROM strategie.zustaendigkeit z JOIN amt ON amt.id = z.akteur_id
    WHERE CASE art WHEN 'massnahme' THEN z.massnahme_id WHEN 'ziel' THEN z.ziel_id WHEN 'kennzahl' THEN z.kennzahl_id END IS NOT NULL
  UNION SELECT h.id FROM strategie.handlungsfeld h JOIN amt ON amt.id = h.akteur_id WHERE art = 'handlungsfeld'
  UNION SELECT r.massnahme_id FROM strategie.raumbezug r JOIN ort ON ort.id = r.ortsteil_id WHERE art = 'massnahme' AND r.massnahme_id IS NOT NULL
  UNION SELECT m.massnahme_id FROM strategie.massnahme_ortsteil m JOIN ort ON ort.id = m.ortsteil_id WHERE art = 'massnahme'
  UNION SELECT g.id FROM dorferneuerung.gebiet g JOIN ort ON ort.id = g.ortsteil_id WHERE art = 'gebiet'
  UNION SELECT amt.id FROM amt WHERE art = 'akteur'
$$;

-- What a Gremium reads because it lies before it. Seen from a moment of the past: what lay before it then,
-- as long as it is public today or still lies there: what was taken back since is gone with its past.
CREATE FUNCTION freigabe.vorgelegt(art text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s freigabe.schutz; heute text; zeit timestamptz := freigabe.moment();
BEGIN
  IF NOT freigabe.sieht('gremium') THEN
    RETURN;
  END IF;
  SELECT x.* INTO STRICT s FROM freigabe.schutz x WHERE x.wurzel AND split_part(x.relation, '.', 2) = art;
  heute := format('SELECT x.id FROM %s x WHERE x.veroeffentlichung = ''in_freigabe'' OR (%s)', s.relation, s.gremium);
  IF zeit IS NULL THEN
    RETURN QUERY EXECUTE heute;
  ELSE
    RETURN QUERY EXECUTE format('SELECT d.id FROM %s d WHERE (d.veroeffentlichung = ''in_freigabe'' OR (%s)) AND (d.id IN (SELECT o.id FROM oeffentlich.%I o) OR d.id IN (%s))',
      freigabe.damals(s.relation::regclass, zeit), s.gremium, art, heute);
  END IF;
END $$;

-- Objects this reader reads in the working version; of all others the published one.
CREATE FUNCTION freigabe.arbeitsstand(art text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT freigabe.eigene(art) UNION SELECT freigabe.vorgelegt(art)
$$;
CREATE FUNCTION freigabe.arbeitsfassungen() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id FROM fnp.fassung f WHERE f.plan_id IN (SELECT freigabe.arbeitsstand('plan'))
$$;
-- The same question about one object of the history. What nobody protects is everybody's.
CREATE FUNCTION freigabe.im_arbeitsstand(gegenstand text, kennung text, nur_eigenes boolean) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s freigabe.schutz; da boolean;
BEGIN
  IF gegenstand = 'flaeche' THEN
    RETURN EXISTS (SELECT FROM fnp.flaeche f WHERE f.kennung = im_arbeitsstand.kennung AND f.fassung_id = ANY (ARRAY(SELECT freigabe.arbeitsfassungen())));
  END IF;
  SELECT x.* INTO s FROM freigabe.schutz x WHERE x.wurzel AND split_part(x.relation, '.', 2) = gegenstand;
  IF NOT FOUND THEN
    RETURN true;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM %s x WHERE x.kennung = $1 AND x.id IN (SELECT freigabe.%s($2)))', s.relation, CASE WHEN nur_eigenes THEN 'eigene' ELSE 'arbeitsstand' END) INTO da USING kennung, gegenstand;
  RETURN da;
END $$;

-- Amounts that are confidential today, by their flag or an entry; also their past, when they bore no flag.
CREATE FUNCTION freigabe.vertrauliche_betraege() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT f.id FROM haushalt.finanzwert f WHERE f.vertraulich
    OR freigabe.ist_vertraulich('haushalt.finanzwert', ARRAY[f.id::text, (SELECT m.kennung::text FROM strategie.massnahme m WHERE m.id = f.massnahme_id)], '{*,betrag_ct}')
  UNION SELECT h.id FROM haushalt.finanzwert_historie h WHERE h.vertraulich AND NOT EXISTS (SELECT FROM haushalt.finanzwert f WHERE f.id = h.id)
$$;
-- Offices nobody outside knows of.
CREATE FUNCTION freigabe.interne_akteure() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id FROM strategie.akteur a WHERE a.veroeffentlichung IN ('intern', 'archiviert')
$$;
GRANT EXECUTE ON FUNCTION freigabe.moment(), freigabe.vorgelegt(text), freigabe.arbeitsstand(text), freigabe.arbeitsfassungen(),
  freigabe.im_arbeitsstand(text, text, boolean), freigabe.vertrauliche_betraege(), freigabe.interne_akteure() TO zielraum_staff;
UPDATE freigabe.schutz SET bedingung = '(SELECT freigabe.sieht(''betraege'')) OR NOT vertraulich AND id NOT IN (SELECT freigabe.vertrauliche_betraege())' WHERE relation = 'haushalt.finanzwert';

-- Columns of a part that name the object it is read with, and the kind of that object ('fassung': a number).
-- An anchor has none: it is read with whatever Fassung it speaks of.
CREATE FUNCTION freigabe.eigner(rel regclass) RETURNS TABLE (spalte name, art name) LANGUAGE sql STABLE AS $$
  WITH fk AS (
    SELECT a.attname, z.relname, k.confrelid = 'fnp.fassung'::regclass AS fassung FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum] JOIN pg_class z ON z.oid = k.confrelid
    WHERE k.conrelid = rel AND k.contype = 'f' AND k.confrelid IN (SELECT x.relation::regclass FROM freigabe.schutz x WHERE x.wurzel OR x.relation = 'fnp.fassung')
  ), teil AS (SELECT t.eigner::name, t.art::name FROM freigabe.teil t WHERE t.relation = freigabe.name_(rel))
  SELECT * FROM teil
  UNION SELECT attname, relname FROM fk WHERE NOT EXISTS (SELECT FROM teil) AND rel <> 'fnp.verweis'::regclass AND fassung = NOT EXISTS (SELECT FROM fk x WHERE NOT x.fassung)
$$;

-- As in 0030, with three differences: the published row of somebody else is read from the public copy (where
-- confidential fields are withheld), so a restricted reader needs no working row but its own and what lies
-- before it; the other end of a link may be public alone; the past is theirs as the present is.
CREATE OR REPLACE FUNCTION freigabe.schuetze(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s freigabe.schutz; eigen text; vorgelegt text; andere text; jetzt text; regel text; historie regclass; schema_ name; name_ name;
BEGIN
  SELECT n.nspname, k.relname INTO schema_, name_ FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = rel;
  SELECT x.* INTO STRICT s FROM freigabe.schutz x WHERE x.relation::regclass = rel;
  IF s.wurzel THEN
    eigen := format('id IN (SELECT freigabe.eigene(%L))', name_);
    vorgelegt := format('id IN (SELECT freigabe.vorgelegt(%L))', name_);
  ELSE
    SELECT string_agg(CASE art WHEN 'fassung' THEN format('%I IN (SELECT freigabe.arbeitsfassungen())', spalte) ELSE format('%I IN (SELECT freigabe.eigene(%L))', spalte, art) END, ' OR ')
        || format(' OR num_nonnulls(%s) = 0 AND (SELECT freigabe.sieht(''veroeffentlicht''))', string_agg(quote_ident(spalte), ', ')),
      string_agg(format('%I IN (SELECT freigabe.vorgelegt(%L))', spalte, art), ' OR ') FILTER (WHERE art <> 'fassung') INTO eigen, vorgelegt FROM freigabe.eigner(rel);
    eigen := coalesce(eigen, '(SELECT freigabe.sieht(''veroeffentlicht''))');
    SELECT string_agg(format('(%1$I IS NULL OR %1$I IN (SELECT y.id FROM %2$s y) OR %1$I IN (SELECT o.id FROM %3$s o))', a.attname, k.confrelid::regclass, freigabe.kopie(k.confrelid::regclass)), ' AND ' ORDER BY a.attnum) INTO andere
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
      WHERE k.conrelid = rel AND k.contype = 'f' AND k.confrelid IN (SELECT x.relation::regclass FROM freigabe.schutz x WHERE x.wurzel OR x.relation = 'fnp.fassung');
    IF andere IS NULL THEN
      RAISE EXCEPTION 'freigabe.schutz: % zeigt auf keine geschützte Tabelle', rel;
    END IF;
  END IF;
  -- What is derived has no time of its own: of a past moment it is computed (damals.massnahme_*).
  jetzt := CASE WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'seit' AND NOT attisdropped)
    THEN ' AND seit <= coalesce((SELECT freigabe.moment()), ''infinity'')' ELSE ' AND (SELECT freigabe.moment()) IS NULL' END;
  regel := format('((SELECT freigabe.sieht(''alles'')) OR (%s OR (%s)%%s) AND (%s)) AND (%s)', eigen, coalesce(vorgelegt, 'false'), coalesce(andere, 'true'), s.bedingung);
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel);
  EXECUTE format('DROP POLICY IF EXISTS schreiber ON %s', rel);
  EXECUTE format('CREATE POLICY schreiber ON %s TO zielraum_write USING (true) WITH CHECK (true)', rel);
  EXECUTE format('DROP POLICY IF EXISTS leser ON %s', rel);
  EXECUTE format('CREATE POLICY leser ON %s FOR SELECT TO zielraum_staff USING (%s)', rel, format(regel, jetzt));
  historie := to_regclass(format('%I.%I', schema_, name_ || '_historie'));
  IF historie IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', historie);
    EXECUTE format('DROP POLICY IF EXISTS schreiber ON %s', historie);
    EXECUTE format('CREATE POLICY schreiber ON %s TO zielraum_write USING (true) WITH CHECK (true)', historie);
    EXECUTE format('DROP POLICY IF EXISTS leser ON %s', historie);
    -- The whole past of what is one's own; of what lay before a Gremium the moment it lay there.
    EXECUTE format('CREATE POLICY leser ON %s FOR SELECT TO zielraum_staff USING (%s)', historie, format(regel, ' AND zeitraum @> (SELECT freigabe.moment())'));
  END IF;
END $$;
SELECT freigabe.schuetze(relation::regclass) FROM freigabe.schutz ORDER BY relation;

-- Offices are named with drafts too; those kept internal are read by who reads all, and by themselves.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['strategie.akteur', 'strategie.akteur_historie'] LOOP
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY schreiber ON %s TO zielraum_write USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY leser ON %s FOR SELECT TO zielraum_staff USING ((SELECT freigabe.sieht(''alles'')) OR (SELECT freigabe.sieht(''veroeffentlicht'')) AND veroeffentlichung NOT IN (''intern'', ''archiviert'')
      AND id NOT IN (SELECT freigabe.interne_akteure()) OR id IN (SELECT freigabe.eigene(''akteur'')))', t);
  END LOOP;
END $$;
CREATE POLICY konten ON strategie.akteur FOR SELECT TO zielraum_auth USING (true);

-- The audit keeps all values: whole for who reads all; else the rows of one's own objects and their parts.
DROP POLICY leser ON audit.zeile;
DO $$
DECLARE
  eigen text;
BEGIN
  SELECT string_agg(format('relation = %1$L AND schluessel IN (SELECT e::text FROM freigabe.eigene(%2$L) e) OR relation = ANY (%3$L) AND daten ->> %4$L IN (SELECT e::text FROM freigabe.eigene(%2$L) e)', a.relation, a.art,
      ARRAY(SELECT t.relation FROM freigabe.teil t WHERE t.art = a.art AND t.eigner = a.art || '_id'), a.art || '_id'), ' OR ')
    INTO eigen FROM freigabe.art a WHERE a.art IN ('massnahme', 'ziel', 'kennzahl', 'handlungsfeld', 'gebiet');
  EXECUTE format('CREATE POLICY leser ON audit.zeile FOR SELECT TO zielraum_staff USING (((SELECT freigabe.sieht(''alles'')) OR %s)
    AND relation NOT LIKE ''auth.%%'' AND (relation <> ''haushalt.finanzwert'' OR (SELECT freigabe.sieht(''betraege''))))', eigen);
END $$;

-- As in 0033, through the reading world of who asks: a restricted reader lists the published rows of others.
CREATE OR REPLACE FUNCTION freigabe.zeilen(rel regclass, schluessel jsonb, ab int, anzahl int) RETURNS TABLE (zeile jsonb, marke text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  spalten text; reihe text; gelesen regclass := coalesce(to_regclass((SELECT quote_ident(relname) FROM pg_class WHERE oid = rel)), rel);
BEGIN
  SELECT string_agg(quote_literal(attname) || ', t.' || quote_ident(attname), ', ') INTO spalten FROM pg_attribute
    WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND format_type(atttypid, NULL) NOT IN ('geometry', 'public.geometry');
  SELECT string_agg('t.' || quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)) INTO reihe
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = rel AND attname = 'kennung') THEN
    reihe := 't.kennung';
  END IF;
  RETURN QUERY EXECUTE format('SELECT jsonb_build_object(%s), %s FROM %s t WHERE %s ORDER BY %s OFFSET %s LIMIT %s', spalten, freigabe.marke_sql(rel), gelesen,
    CASE schluessel WHEN '{}' THEN 'true' ELSE freigabe.wo(schluessel) END, reihe, ab, anzahl);
END $$;
RESET ROLE;

-- Readers who do not see everything (Stadtrat, Fachamt, Ortssprecher): which rows they read in the working
-- version, what stands in the place of the others, and what of the past is theirs.
SET LOCAL ROLE zielraum_owner;

-- Their tables are views of the same names: the working row where they may read it, else the published copy
-- (migrations/sichten/leser.sql); so every view file and every statement runs there unchanged.
CREATE SCHEMA leser;
COMMENT ON SCHEMA leser IS 'Die Tabellen der Arbeitsschemas für eingeschränkte Leser: eigene und vorgelegte Zeilen, sonst die veröffentlichten';
CREATE SCHEMA leser_damals;
COMMENT ON SCHEMA leser_damals IS 'Dasselbe zu einem Zeitpunkt (zielraum.stand)';
GRANT USAGE ON SCHEMA leser, leser_damals TO zielraum_staff, zielraum_write;
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
-- What of the other end of a link may be known: these, and whatever is public.
CREATE FUNCTION freigabe.lesbar(art text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE format('SELECT freigabe.arbeitsstand(%L) UNION SELECT o.id FROM oeffentlich.%I o', art, art);
END $$;
CREATE FUNCTION freigabe.lesbare_fassungen() RETURNS SETOF int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT freigabe.arbeitsfassungen() UNION SELECT o.id FROM oeffentlich.fassung o
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

-- ---------------------------------------------------------------- amounts that are withheld
-- Of two statements about one year and kind: the one that counts before the other, or is newer.
CREATE FUNCTION freigabe.betrag_vor(jahr int, planfassung text, stand date, andere_planfassung text, anderer_stand date) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT stand > anderer_stand OR jahr IS NOT NULL AND array_position('{ergebnis,nachtrag,ansatz,finanzplan,kostenschaetzung}', planfassung) < array_position('{ergebnis,nachtrag,ansatz,finanzplan,kostenschaetzung}', andere_planfassung)
$$;
CREATE FUNCTION freigabe.betrag_vertraulich(f haushalt.finanzwert) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT f.vertraulich OR freigabe.ist_vertraulich('haushalt.finanzwert', ARRAY[f.id::text, (SELECT m.kennung::text FROM strategie.massnahme m WHERE m.id = f.massnahme_id)], '{*,betrag_ct}')
$$;
-- An older amount must not stand as the current one where the current one is confidential. In the public
-- copy only what was released counts: a confidential amount of a draft takes nothing away.
CREATE FUNCTION freigabe.betrag_ueberholt(massnahme uuid, art text, jahr int, planfassung text, stand date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM haushalt.finanzwert g JOIN strategie.massnahme m ON m.id = g.massnahme_id LEFT JOIN freigabe.gleichstand s ON s.art = 'massnahme' AND s.id = m.id
    WHERE g.massnahme_id = massnahme AND g.art = betrag_ueberholt.art AND g.jahr IS NOT DISTINCT FROM betrag_ueberholt.jahr
      AND freigabe.betrag_vor(g.jahr, g.planfassung, g.stand, betrag_ueberholt.planfassung, betrag_ueberholt.stand) AND freigabe.betrag_vertraulich(g)
      AND (m.veroeffentlichung = 'veroeffentlicht' OR g.seit <= s.zeit OR EXISTS (SELECT FROM haushalt.finanzwert_historie h WHERE h.id = g.id AND h.zeitraum @> s.zeit)))
$$;
-- The same for who reads inside without the right to amounts: what is confidential today, by its flag or an
-- entry, also its past, when it bore no flag; and what would stand in its place.
CREATE FUNCTION freigabe.verdeckte_betraege() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH eintrag AS (SELECT v.kennung FROM freigabe.vertraulich v WHERE v.relation = 'haushalt.finanzwert' AND v.spalte IN ('*', 'betrag_ct') AND (v.bis IS NULL OR v.bis >= freigabe.heute())),
  geheim AS MATERIALIZED (
    SELECT f.* FROM haushalt.finanzwert f WHERE f.vertraulich
    UNION SELECT f.* FROM eintrag v JOIN haushalt.finanzwert f ON f.id = CASE WHEN v.kennung ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN v.kennung::uuid END
    UNION SELECT f.* FROM eintrag v JOIN strategie.massnahme m ON m.kennung = v.kennung JOIN haushalt.finanzwert f ON f.massnahme_id = m.id
  )
  SELECT g.id FROM geheim g
  UNION SELECT f.id FROM haushalt.finanzwert f JOIN geheim g ON g.massnahme_id = f.massnahme_id AND g.art = f.art AND g.jahr IS NOT DISTINCT FROM f.jahr AND freigabe.betrag_vor(g.jahr, g.planfassung, g.stand, f.planfassung, f.stand)
  UNION SELECT h.id FROM haushalt.finanzwert_historie h WHERE h.vertraulich AND NOT EXISTS (SELECT FROM haushalt.finanzwert f WHERE f.id = h.id)
$$;
CREATE INDEX finanzwert_vertraulich ON haushalt.finanzwert (id) WHERE vertraulich;
CREATE INDEX finanzwert_historie_vertraulich ON haushalt.finanzwert_historie (id) WHERE vertraulich;
-- As in 0031, with amounts that are overtaken.
CREATE OR REPLACE FUNCTION freigabe.verdeckt(rel regclass, alias text) RETURNS TABLE (feld text, wenn text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  n text := freigabe.name_(rel); k text; zeilenfelder text[];
BEGIN
  IF n NOT IN ('haushalt.finanzwert', 'haushalt.foerderung') AND NOT EXISTS (SELECT FROM freigabe.vertraulich v WHERE v.relation = n) THEN
    RETURN;
  END IF;
  k := freigabe.schluessel(rel, alias);
  SELECT array_agg(DISTINCT v.spalte) INTO zeilenfelder FROM freigabe.vertraulich v WHERE v.relation = n AND freigabe.weise(rel, v.spalte) = 'zeile';
  feld := '*';
  wenn := concat_ws(' OR ', CASE WHEN zeilenfelder IS NOT NULL THEN format('freigabe.ist_vertraulich(%L, %s, %L)', n, k, zeilenfelder) END,
    CASE WHEN n = 'haushalt.finanzwert' THEN format(CASE WHEN alias = 'q' THEN 'q.vertraulich OR ' ELSE '' END || 'EXISTS (SELECT FROM haushalt.finanzwert g WHERE g.id = %1$s.id AND g.vertraulich) OR freigabe.geld_folgt(%1$s.massnahme_id, %1$s.art, %1$s.jahr, %1$s.betrag_ct)
      OR freigabe.betrag_ueberholt(%1$s.massnahme_id, %1$s.art, %1$s.jahr, %1$s.planfassung, %1$s.stand)', alias) END);
  IF wenn <> '' THEN
    RETURN NEXT;
  END IF;
  FOR feld IN SELECT DISTINCT v.spalte FROM freigabe.vertraulich v WHERE v.relation = n AND freigabe.weise(rel, v.spalte) = 'leer' AND NOT (n = 'haushalt.foerderung' AND v.spalte IN ('betrag_ct', 'quote')) LOOP
    wenn := format('freigabe.ist_vertraulich(%L, %s, ARRAY[%L])', n, k, feld);
    RETURN NEXT;
  END LOOP;
  IF n = 'haushalt.foerderung' THEN
    feld := 'betrag_ct';
    wenn := format('freigabe.ist_vertraulich(%L, %s, ARRAY[''betrag_ct'']) OR freigabe.foerderung_folgt(%s.massnahme_id)', n, k, alias);
    RETURN NEXT;
    feld := 'quote';
    wenn := format('freigabe.ist_vertraulich(%1$L, %2$s, ARRAY[''betrag_ct'', ''quote'']) OR freigabe.quote_folgt(%3$s.massnahme_id, %3$s.betrag_ct, %3$s.quote)', n, k, alias);
    RETURN NEXT;
  END IF;
END $$;
-- Offices nobody outside knows of.
CREATE FUNCTION freigabe.interne_akteure() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id FROM strategie.akteur a WHERE a.veroeffentlichung IN ('intern', 'archiviert')
$$;
GRANT EXECUTE ON FUNCTION freigabe.moment(), freigabe.vorgelegt(text), freigabe.arbeitsstand(text), freigabe.arbeitsfassungen(), freigabe.lesbar(text), freigabe.lesbare_fassungen(),
  freigabe.im_arbeitsstand(text, text, boolean), freigabe.verdeckte_betraege(), freigabe.interne_akteure() TO zielraum_staff;
UPDATE freigabe.schutz SET bedingung = '(SELECT freigabe.sieht(''betraege'')) OR NOT vertraulich AND id NOT IN (SELECT freigabe.verdeckte_betraege())' WHERE relation = 'haushalt.finanzwert';

-- Columns of a part that name the object it is read with, and the kind of that object ('fassung': a number).
-- An anchor has none: it is read with whatever Fassung it speaks of.
CREATE FUNCTION freigabe.eigner(rel regclass) RETURNS TABLE (spalte name, art name) LANGUAGE sql STABLE AS $$
  WITH fk AS (
    SELECT a.attname, z.relname, k.confrelid = 'fnp.fassung'::regclass AS fassung FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum] JOIN pg_class z ON z.oid = k.confrelid
    WHERE k.conrelid = rel AND k.contype = 'f' AND k.confrelid IN (SELECT x.relation::regclass FROM freigabe.schutz x WHERE x.wurzel OR x.relation = 'fnp.fassung')
  ), teil AS (SELECT t.eigner::name, t.art::name FROM freigabe.teil t WHERE t.relation = freigabe.name_(rel))
  SELECT * FROM teil
  UNION SELECT attname, relname FROM fk WHERE relname = 'plan' AND EXISTS (SELECT FROM teil)
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
    -- Where one's own measure lies in a published plan is reckoned from its Fassung (damals.massnahme_flaeche).
    IF rel = 'fnp.fassung'::regclass THEN
      eigen := eigen || ' OR (SELECT freigabe.sieht(''veroeffentlicht'')) AND id IN (SELECT o.id FROM oeffentlich.fassung o)';
    END IF;
    -- The only end of a row is its owner, asked above.
    SELECT CASE count(*) WHEN 1 THEN 'true' ELSE string_agg(format('(%1$I IS NULL OR %1$I IN (SELECT freigabe.%2$s))', a.attname, CASE z.relname WHEN 'fassung' THEN 'lesbare_fassungen()' ELSE format('lesbar(%L)', z.relname) END), ' AND ' ORDER BY a.attnum) END INTO andere
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum] JOIN pg_class z ON z.oid = k.confrelid
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
    AND relation NOT LIKE ''auth.%%'' AND (relation <> ''haushalt.finanzwert'' OR (SELECT freigabe.sieht(''betraege''))
      OR daten ->> ''vertraulich'' = ''false'' AND schluessel NOT IN (SELECT b::text FROM freigabe.verdeckte_betraege() b)))', eigen);
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
-- What was public until now in the place of a confidential amount.
DO $$
BEGIN
  IF EXISTS (SELECT FROM oeffentlich.finanzwert o WHERE freigabe.betrag_ueberholt(o.massnahme_id, o.art, o.jahr, o.planfassung, o.stand)) THEN
    PERFORM audit.beginne('Zielraum', 'Neue Fassung des Programms: ältere Beträge stehen nicht mehr an der Stelle vertraulicher');
    DELETE FROM oeffentlich.finanzwert o WHERE freigabe.betrag_ueberholt(o.massnahme_id, o.art, o.jahr, o.planfassung, o.stand);
    DELETE FROM oeffentlich.finanzwert_historie o WHERE freigabe.betrag_ueberholt(o.massnahme_id, o.art, o.jahr, o.planfassung, o.stand);
  END IF;
END $$;

-- ---------------------------------------------------------------- confidentiality by hand
-- What of one object and its parts can be withheld: its fields, each part as a whole, amounts and values one by one.
CREATE FUNCTION freigabe.verbergbar(art text, id uuid) RETURNS TABLE (relation text, kennung text, spalte text, titel text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); eigene text; t record; e record;
BEGIN
  EXECUTE format('SELECT x.kennung FROM %s x WHERE x.id = $1', a.relation) INTO eigene USING id;
  RETURN QUERY SELECT a.relation, eigene, s.spalte::text, freigabe.titel(a.relation::regclass, s.spalte) FROM freigabe.spalten(a.relation::regclass) WITH ORDINALITY s (spalte, erzeugt, pflicht, nr)
    WHERE freigabe.weise(a.relation::regclass, s.spalte) IS NOT NULL ORDER BY s.nr;
  FOR t IN SELECT x.relation, x.eigner FROM freigabe.teil x WHERE x.art = a.art AND x.nur = 'true' ORDER BY freigabe.titel(x.relation::regclass) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %s x WHERE x.%I = $1) AS da', t.relation, t.eigner) INTO e USING id;
    CONTINUE WHEN NOT e.da;
    RETURN QUERY VALUES (t.relation, eigene, '*', format('alle Einträge: %s', freigabe.titel(t.relation::regclass)));
    IF t.relation = 'haushalt.finanzwert' THEN
      RETURN QUERY SELECT t.relation, f.id::text, 'betrag_ct', format('Betrag %s: %s, %s vom %s', coalesce(f.jahr::text, 'gesamt'), CASE f.planfassung WHEN 'kostenschaetzung' THEN 'Kostenschätzung' ELSE initcap(f.planfassung) END,
          CASE f.art WHEN 'foerderung' THEN 'Förderung' WHEN 've' THEN 'Verpflichtungsermächtigung' ELSE initcap(f.art) END, to_char(f.stand, 'DD.MM.YYYY'))
        FROM haushalt.finanzwert f WHERE f.massnahme_id = verbergbar.id AND NOT f.vertraulich ORDER BY f.jahr NULLS FIRST, f.stand, f.art, f.id;
    ELSIF t.relation = 'haushalt.foerderung' THEN
      RETURN QUERY EXECUTE format('SELECT %L, f.id::text, ''betrag_ct'', ''Förderbetrag: '' || p.titel FROM haushalt.foerderung f JOIN haushalt.foerderprogramm p ON p.id = f.programm_id WHERE f.%I = $1 ORDER BY p.titel, f.id', t.relation, t.eigner) USING id;
    ELSIF t.relation = 'strategie.kennzahlwert' THEN
      RETURN QUERY SELECT t.relation, w.id::text, 'wert', format('Wert (%s) vom %s%s', w.art, to_char(w.stichtag, 'DD.MM.YYYY'), ', ' || o.name) FROM strategie.kennzahlwert w LEFT JOIN gemeinde.ortsteil o ON o.id = w.ortsteil_id
        WHERE w.kennzahl_id = verbergbar.id ORDER BY w.stichtag, w.art, w.id;
    ELSIF EXISTS (SELECT FROM pg_attribute WHERE attrelid = t.relation::regclass AND attname = 'kennung') THEN
      RETURN QUERY EXECUTE format('SELECT %1$L, x.kennung::text, ''*'', %2$L || '' „'' || x.titel || ''“'' FROM %1$s x WHERE x.%3$I = $1 ORDER BY x.kennung', t.relation, freigabe.titel(t.relation::regclass), t.eigner) USING id;
    END IF;
  END LOOP;
END $$;
-- What of one object and its parts is withheld by an entry now.
CREATE FUNCTION freigabe.vertrauliche_von(art text, id uuid) RETURNS TABLE (relation text, kennung text, spalte text, titel text, bis date, grund text) LANGUAGE sql STABLE AS $$
  SELECT v.relation, v.kennung::text, v.spalte, coalesce(x.titel, freigabe.titel(v.relation::regclass) || ': ' || coalesce(freigabe.titel(v.relation::regclass, v.spalte), v.spalte)), v.bis, v.grund
  FROM freigabe.vertraulich v LEFT JOIN freigabe.verbergbar(art, id) x ON x.relation = v.relation AND x.kennung = v.kennung AND x.spalte = v.spalte
  WHERE (v.relation, v.kennung::text) IN (SELECT y.relation, y.kennung FROM freigabe.verbergbar(art, id) y) ORDER BY v.bis NULLS LAST, 4
$$;
RESET ROLE;

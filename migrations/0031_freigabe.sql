-- Publication as an office needs it: states that only this machinery sets, requests decided
-- by a second person, drafts over published rows, withdrawal without a trace, fields that
-- stay confidential until a day. Everything is driven by freigabe.art and freigabe.teil.
SET LOCAL ROLE zielraum_owner;

INSERT INTO freigabe.art (art, relation, bedingung, reihenfolge) VALUES ('akteur', 'strategie.akteur', 'true', 0), ('plan', 'fnp.plan', 'true', 101), ('fachobjekt', 'fachdaten.fachobjekt', 'true', 102);
-- An office is public with the first public thing that names it (freigabe.akteur_mit), not before; what was
-- public until now stays it.
DROP TRIGGER sofort ON strategie.akteur;
DO $$
BEGIN
  IF EXISTS (SELECT FROM strategie.akteur) THEN
    PERFORM audit.beginne('Zielraum', 'Neue Fassung des Programms: öffentliche Akteure sind veröffentlicht');
    UPDATE strategie.akteur a SET veroeffentlichung = 'veroeffentlicht' FROM oeffentlich.akteur o WHERE o.id = a.id;
    UPDATE oeffentlich.akteur o SET version = a.version FROM strategie.akteur a WHERE o.id = a.id;
  END IF;
END $$;
UPDATE freigabe.teil SET bedingung = 'akteur_id IN (SELECT x.id FROM strategie.akteur x WHERE x.veroeffentlichung NOT IN (''intern'', ''archiviert'') OR x.id IN (SELECT id FROM oeffentlich.akteur))' WHERE relation = 'strategie.zustaendigkeit';
-- 'archiviert' is left only through a draft; what waits for a decision is returned before it is withdrawn.
DELETE FROM strategie.uebergang WHERE achse = 'veroeffentlichung' AND (von, nach) IN (('veroeffentlicht', 'in_freigabe'), ('archiviert', 'intern'));

-- Which working version the public copy equals, and since when: discarding a draft and the end of
-- a confidentiality read the history at that moment. The public itself never sees this table.
CREATE TABLE freigabe.gleichstand (art text REFERENCES freigabe.art, id uuid, version int NOT NULL, zeit timestamptz NOT NULL, PRIMARY KEY (art, id));
COMMENT ON TABLE freigabe.gleichstand IS 'Veröffentlichte Version eines Gegenstands';
COMMENT ON COLUMN freigabe.gleichstand.art IS 'Art';
COMMENT ON COLUMN freigabe.gleichstand.id IS 'Gegenstand';
COMMENT ON COLUMN freigabe.gleichstand.version IS E'Version\nSo lange die Arbeitszeile diese Version hat, gleicht sie der öffentlichen.';
COMMENT ON COLUMN freigabe.gleichstand.zeit IS 'Veröffentlicht am';
DO $$
DECLARE
  a freigabe.art;
BEGIN
  FOR a IN SELECT * FROM freigabe.art LOOP
    EXECUTE format('INSERT INTO freigabe.gleichstand SELECT %L, q.id, o.version, CASE WHEN o.version = q.version THEN clock_timestamp() ELSE o.seit END FROM %s q JOIN oeffentlich.%I o USING (id)', a.art, a.relation, split_part(a.relation, '.', 2));
  END LOOP;
END $$;

CREATE TABLE freigabe.antrag (
  id uuid PRIMARY KEY,
  art text NOT NULL REFERENCES freigabe.art,
  gegenstand_id uuid NOT NULL,
  kennung text COLLATE "C" NOT NULL,
  version int NOT NULL,
  beantragt_von text NOT NULL,
  beantragt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  begruendung text NOT NULL,
  entschieden_von text,
  entschieden_am timestamptz,
  entscheid text,
  anmerkung text,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT antrag_vier_augen CHECK (entschieden_von <> beantragt_von),
  CONSTRAINT antrag_begruendet CHECK (begruendung <> ''),
  CONSTRAINT antrag_entscheid CHECK (entscheid IN ('freigegeben', 'zurueckgegeben', 'zurueckgenommen', 'ueberholt')),
  CONSTRAINT antrag_entscheid_vollstaendig CHECK ((entscheid IS NULL) = (entschieden_am IS NULL) AND coalesce(entscheid IN ('freigegeben', 'zurueckgegeben'), false) = (entschieden_von IS NOT NULL)),
  CONSTRAINT antrag_rueckgabe_begruendet CHECK (entscheid <> 'zurueckgegeben' OR coalesce(anmerkung, '') <> '')
);
CREATE UNIQUE INDEX antrag_ein_offener ON freigabe.antrag (art, gegenstand_id) WHERE entscheid IS NULL;
COMMENT ON TABLE freigabe.antrag IS 'Antrag auf Freigabe';
DO $$
DECLARE
  s text; t text;
BEGIN
  FOR s, t IN VALUES ('id', 'Interne Nummer'), ('art', 'Art'), ('gegenstand_id', 'Gegenstand'), ('kennung', 'Kennung'), ('version', E'Version\nNur diese wird freigegeben.'), ('beantragt_von', 'Beantragt von'),
    ('beantragt_am', 'Beantragt am'), ('begruendung', 'Begründung'), ('entschieden_von', 'Entschieden von'), ('entschieden_am', 'Entschieden am'),
    ('entscheid', E'Entscheid\nfreigegeben, zurueckgegeben, zurueckgenommen oder ueberholt.'), ('anmerkung', 'Anmerkung'), ('seit', 'Stand') LOOP
    EXECUTE format('COMMENT ON COLUMN freigabe.antrag.%I IS %L', s, t);
  END LOOP;
END $$;
SELECT audit.verfolge('freigabe.antrag');

CREATE TABLE freigabe.vertraulich (
  relation text,
  kennung text COLLATE "C",
  spalte text,
  bis date,
  grund text NOT NULL,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (relation, kennung, spalte),
  CONSTRAINT vertraulich_grund CHECK (grund <> '')
);
COMMENT ON TABLE freigabe.vertraulich IS E'Vertrauliche Angabe\nSteht in keiner öffentlichen Kopie, solange die Frist läuft.';
COMMENT ON COLUMN freigabe.vertraulich.relation IS 'Tabelle';
COMMENT ON COLUMN freigabe.vertraulich.kennung IS E'Kennung\nDer Zeile selbst oder, bei Teilen, ihres Gegenstands; Beträge auch durch ihre interne Nummer.';
COMMENT ON COLUMN freigabe.vertraulich.spalte IS E'Feld\n* = die ganze Zeile.';
COMMENT ON COLUMN freigabe.vertraulich.bis IS E'Vertraulich bis\nLetzter Tag; leer = unbefristet.';
COMMENT ON COLUMN freigabe.vertraulich.grund IS 'Grund';
COMMENT ON COLUMN freigabe.vertraulich.seit IS 'Stand';
SELECT audit.verfolge('freigabe.vertraulich');
-- The flag of 0021 is read where every other confidentiality is (freigabe.verdeckt): without an end.
UPDATE freigabe.teil SET bedingung = 'true' WHERE relation = 'haushalt.finanzwert';
UPDATE freigabe.teil SET nur = $q$gebiet_id IN (SELECT o.id FROM oeffentlich.gebiet o JOIN dorferneuerung.gebiet g USING (id) JOIN freigabe.gleichstand s ON s.art = 'gebiet' AND s.id = g.id AND s.version = g.version)$q$
  WHERE art = 'massnahme' AND relation = 'dorferneuerung.gebiet_massnahme';

CREATE TABLE freigabe.fassung_geaendert (fassung_id int PRIMARY KEY REFERENCES fnp.fassung ON DELETE CASCADE);
COMMENT ON TABLE freigabe.fassung_geaendert IS 'Fassung, deren Inhalt seit der Veröffentlichung bearbeitet wurde';
COMMENT ON COLUMN freigabe.fassung_geaendert.fassung_id IS 'Fassung';

-- ---------------------------------------------------------------- small words
-- The day in the town, whatever the session's time zone.
CREATE FUNCTION freigabe.heute() RETURNS date LANGUAGE sql STABLE AS $$ SELECT (now() AT TIME ZONE 'Europe/Berlin')::date $$;
-- The person of this transaction: two tokens of one account are no two pairs of eyes.
CREATE FUNCTION freigabe.urheber() RETURNS text LANGUAGE sql STABLE AS $$ SELECT split_part(wer, ' (Schlüssel ', 1) FROM audit.aenderung WHERE id = audit.laufende() $$;
-- Inside these brackets states are set and children replaced without making a draft.
CREATE FUNCTION freigabe.erlaube() RETURNS void LANGUAGE sql AS $$ SELECT set_config('zielraum.freigabe', pg_current_xact_id()::text, true) $$;
CREATE FUNCTION freigabe.sperre() RETURNS void LANGUAGE sql AS $$ SELECT set_config('zielraum.freigabe', '', true) $$;
CREATE FUNCTION freigabe.erlaubt() RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('zielraum.freigabe', true), '') = pg_current_xact_id_if_assigned()::text $$;
CREATE FUNCTION freigabe.titel(rel regclass) RETURNS text LANGUAGE sql STABLE AS $$ SELECT split_part(obj_description(rel, 'pg_class'), E'\n', 1) $$;
CREATE FUNCTION freigabe.titel(rel regclass, spalte text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT btrim(regexp_replace(split_part(coalesce(col_description(rel, attnum), attname), E'\n', 1), '\[[^]]*\]', '', 'g')) FROM pg_attribute WHERE attrelid = rel AND attname = spalte
$$;
CREATE FUNCTION freigabe.kopie(rel regclass) RETURNS regclass LANGUAGE sql STABLE AS $$ SELECT to_regclass('oeffentlich.' || quote_ident(relname)) FROM pg_class WHERE oid = rel $$;
CREATE FUNCTION freigabe.name_(rel regclass) RETURNS text LANGUAGE sql STABLE AS $$ SELECT n.nspname || '.' || k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = rel $$;
CREATE FUNCTION freigabe.art_(art text) RETURNS freigabe.art LANGUAGE plpgsql STABLE AS $$
DECLARE
  a freigabe.art;
BEGIN
  SELECT * INTO a FROM freigabe.art x WHERE x.art = art_.art;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Eine Art „%“ gibt es nicht. Möglich sind: %.', art_.art, (SELECT string_agg(x.art, ', ' ORDER BY x.art) FROM freigabe.art x) USING ERRCODE = 'ZR006';
  END IF;
  RETURN a;
END $$;
-- Columns both worlds have: (name, generated in the working table).
CREATE FUNCTION freigabe.spalten(rel regclass) RETURNS TABLE (spalte name, erzeugt boolean, pflicht boolean) LANGUAGE sql STABLE AS $$
  SELECT o.attname, w.attgenerated <> '', o.attnotnull FROM pg_attribute o JOIN pg_attribute w ON w.attrelid = rel AND w.attname = o.attname AND NOT w.attisdropped
  WHERE o.attrelid = freigabe.kopie(rel) AND o.attnum > 0 AND NOT o.attisdropped ORDER BY o.attnum
$$;

-- ---------------------------------------------------------------- confidential fields
-- How a field is withheld: 'leer' (NULL) or 'zeile' (the whole row); NULL: not possible. A field that must
-- be filled, or that a rule ties to another, cannot be NULL alone: in a part the row goes, in an object nothing.
CREATE FUNCTION freigabe.weise(rel regclass, feld text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  teil boolean := EXISTS (SELECT FROM freigabe.teil t WHERE t.relation = freigabe.name_(rel)); nr int2; noetig boolean;
BEGIN
  IF feld = '*' THEN
    RETURN CASE WHEN teil THEN 'zeile' END;
  END IF;
  SELECT w.attnum, s.pflicht INTO nr, noetig FROM freigabe.spalten(rel) s JOIN pg_attribute w ON w.attrelid = rel AND w.attname = s.spalte
    WHERE s.spalte = feld AND NOT s.erzeugt AND feld NOT IN ('id', 'kennung', 'version', 'seit') AND NOT EXISTS (SELECT FROM freigabe.teil t WHERE t.relation = freigabe.name_(rel) AND t.eigner = feld);
  IF NOT FOUND OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = rel AND i.indisprimary AND nr = ANY (i.indkey::int2[])) THEN
    RETURN NULL;
  END IF;
  noetig := noetig OR EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = rel AND c.contype = 'c' AND nr = ANY (c.conkey) AND cardinality(c.conkey) > 1 AND teil);
  RETURN CASE WHEN NOT noetig THEN 'leer' WHEN teil THEN 'zeile' END;
END $$;

-- The keys a row answers to, as SQL over an alias: its own kennung or number, and its owner's kennung.
CREATE FUNCTION freigabe.schluessel(rel regclass, alias text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT 'ARRAY[' || string_agg(x, ', ') || ']' FROM (
    SELECT format('%s.%I::text', alias, attname) AS x FROM pg_attribute WHERE attrelid = rel AND NOT attisdropped AND (attname = 'kennung'
      OR attname = 'id' AND freigabe.name_(rel) IN ('haushalt.finanzwert', 'haushalt.foerderung', 'strategie.kennzahlwert'))
    UNION ALL
    SELECT format('(SELECT e.kennung::text FROM %s e WHERE e.id = %s.%I)', a.relation, alias, t.eigner) FROM freigabe.teil t JOIN freigabe.art a USING (art) WHERE t.relation = freigabe.name_(rel)) y
$$;
CREATE FUNCTION freigabe.ist_vertraulich(relation text, schluessel text[], felder text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM freigabe.vertraulich v WHERE v.relation = ist_vertraulich.relation AND v.kennung = ANY (schluessel) AND v.spalte = ANY (felder) AND (v.bis IS NULL OR v.bis >= freigabe.heute()))
$$;
-- No withheld amount may be had by subtraction. Of one measure: V what its public years add up to (of each year
-- and kind the stage nearest to execution), H its withheld years, T a withheld total. A total tells the withheld
-- years when it is about V + H, the years tell a withheld total when V is about T; so does a grant divided by
-- its rate. About: within a quarter of the withheld amount. Sums over measures hold public rows alone.
CREATE FUNCTION freigabe.geld_lage(massnahme uuid, gruppe text[]) RETURNS TABLE (v numeric, h numeric, t numeric, s numeric) LANGUAGE sql STABLE AS $$
  WITH zeile AS MATERIALIZED (
    SELECT f.*, f.vertraulich OR freigabe.ist_vertraulich('haushalt.finanzwert', ARRAY[f.id::text], '{*,betrag_ct}') AS geheim FROM haushalt.finanzwert f WHERE f.massnahme_id = massnahme AND f.art = ANY (gruppe)
  ), beste AS (
    SELECT DISTINCT ON (jahr, art, geheim) jahr, geheim, betrag_ct FROM zeile
    ORDER BY jahr, art, geheim, CASE WHEN jahr IS NULL THEN 0 ELSE array_position('{ergebnis,nachtrag,ansatz,finanzplan,kostenschaetzung}', planfassung) END, stand DESC
  )
  SELECT coalesce(sum(betrag_ct) FILTER (WHERE jahr IS NOT NULL AND NOT geheim), 0), coalesce(sum(betrag_ct) FILTER (WHERE jahr IS NOT NULL AND geheim), 0),
    coalesce(sum(betrag_ct) FILTER (WHERE jahr IS NULL AND geheim), 0), coalesce(sum(betrag_ct) FILTER (WHERE jahr IS NULL AND NOT geheim), 0) FROM beste
$$;
CREATE FUNCTION freigabe.geld_folgt(massnahme uuid, art text, jahr int, betrag bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN geld_folgt.jahr IS NULL THEN l.h > 0 AND (abs(betrag - l.v - l.h) <= l.h / 4 OR abs(l.s - l.v - l.h) <= l.h / 4) ELSE l.t > 0 AND abs(l.v - l.t) <= l.t / 4 END
    OR geld_folgt.art = 'foerderung' AND EXISTS (SELECT FROM haushalt.foerderung z WHERE z.massnahme_id = massnahme AND freigabe.ist_vertraulich('haushalt.foerderung', ARRAY[z.id::text], '{*,betrag_ct}'))
  FROM freigabe.geld_lage(massnahme, CASE WHEN geld_folgt.art IN ('aufwand', 'investition') THEN '{aufwand,investition}'::text[] ELSE ARRAY[geld_folgt.art] END) l
$$;
CREATE FUNCTION freigabe.foerderung_folgt(massnahme uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT l.h + l.t > 0 FROM freigabe.geld_lage(massnahme, '{foerderung}') l
$$;
CREATE FUNCTION freigabe.quote_folgt(massnahme uuid, betrag bigint, quote numeric) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT freigabe.foerderung_folgt(massnahme) OR coalesce(l.h > 0 AND abs(betrag / nullif(quote, 0) - l.v - l.h) <= l.h / 4 OR l.t > 0 AND abs(betrag / nullif(quote, 0) - l.t) <= l.t / 4, false)
  FROM freigabe.geld_lage(massnahme, '{aufwand,investition}') l
$$;
-- Conditions over an alias (q: rows of the working table or its past, which carry the flag): rows that are withheld ('*') and fields that are.
CREATE FUNCTION freigabe.verdeckt(rel regclass, alias text) RETURNS TABLE (feld text, wenn text) LANGUAGE plpgsql STABLE AS $$
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
    CASE WHEN n = 'haushalt.finanzwert' THEN format(CASE WHEN alias = 'q' THEN 'q.vertraulich OR ' ELSE '' END || 'EXISTS (SELECT FROM haushalt.finanzwert g WHERE g.id = %1$s.id AND g.vertraulich) OR freigabe.geld_folgt(%1$s.massnahme_id, %1$s.art, %1$s.jahr, %1$s.betrag_ct)', alias) END);
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

-- What the copy of these rows is now: the one place where a column or row is withheld.
-- quelle: the working table, or a moment of its past (freigabe.damals).
CREATE FUNCTION freigabe.auswahl(rel regclass, bedingung text, quelle text) RETURNS text LANGUAGE sql STABLE AS $$
  WITH v AS MATERIALIZED (SELECT * FROM freigabe.verdeckt(rel, 'q'))
  SELECT format('SELECT %s FROM %s q WHERE (%s)%s',
    (SELECT string_agg(CASE WHEN v.wenn IS NULL THEN format('q.%I', s.spalte) ELSE format('CASE WHEN %s THEN NULL ELSE q.%I END AS %I', v.wenn, s.spalte, s.spalte) END, ', ' ORDER BY nr)
     FROM freigabe.spalten(rel) WITH ORDINALITY s (spalte, erzeugt, pflicht, nr) LEFT JOIN v ON v.feld = s.spalte),
    quelle, bedingung, coalesce((SELECT format(' AND NOT coalesce(%s, false)', v.wenn) FROM v WHERE v.feld = '*'), ''))
$$;
CREATE FUNCTION freigabe.damals(rel regclass, zeit timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format('(SELECT %1$s FROM %2$s WHERE seit <= %3$L UNION ALL SELECT %1$s FROM %2$s_historie WHERE zeitraum @> %3$L::timestamptz)',
    (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped), rel, zeit)
$$;

CREATE FUNCTION freigabe.uebertrage(rel regclass, bedingung text, bereich text, quelle text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  ziel regclass := freigabe.kopie(rel); wahl text := freigabe.auswahl(rel, bedingung, quelle);
  spalten text; schluessel text; gleich text; setze text; alt text; neu text;
BEGIN
  SELECT string_agg(quote_ident(spalte), ', '), string_agg(format('%1$I = excluded.%1$I', spalte), ', '),
         string_agg(format('z.%I', spalte), ', ') FILTER (WHERE spalte <> 'seit'), string_agg(format('excluded.%I', spalte), ', ') FILTER (WHERE spalte <> 'seit')
    INTO spalten, setze, alt, neu FROM freigabe.spalten(rel);
  SELECT string_agg(quote_ident(a.attname), ', '), string_agg(format('q.%1$I = z.%1$I', a.attname), ' AND ') INTO schluessel, gleich
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = ziel AND i.indisprimary;
  IF bereich <> 'false' THEN
    EXECUTE format('DELETE FROM %s z WHERE (%s) AND NOT EXISTS (SELECT FROM (%s) q WHERE %s)', ziel, bereich, wahl, gleich);
  END IF;
  EXECUTE format('INSERT INTO %s AS z (%s) %s ON CONFLICT (%s) DO UPDATE SET %s WHERE (%s) IS DISTINCT FROM (%s)', ziel, spalten, wahl, schluessel, setze, alt, neu);
END $$;
CREATE OR REPLACE FUNCTION freigabe.uebertrage(rel regclass, bedingung text, bereich text) RETURNS void LANGUAGE sql AS $$
  SELECT freigabe.uebertrage(rel, bedingung, bereich, freigabe.name_(rel))
$$;

-- The office a public row names, its superiors first. One that is internal stays so.
CREATE FUNCTION freigabe.veroeffentliche_akteur(nr uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  a strategie.akteur;
BEGIN
  IF nr IS NULL OR EXISTS (SELECT FROM oeffentlich.akteur o WHERE o.id = nr) THEN
    RETURN true;
  END IF;
  SELECT * INTO a FROM strategie.akteur x WHERE x.id = nr;
  IF a.veroeffentlichung IN ('intern', 'archiviert') OR NOT freigabe.veroeffentliche_akteur(a.uebergeordnet_id) THEN
    RETURN false;
  END IF;
  PERFORM freigabe.veroeffentliche('akteur', ARRAY[nr]);
  RETURN true;
END $$;
CREATE FUNCTION freigabe.akteur_mit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT freigabe.veroeffentliche_akteur(NEW.akteur_id) AND TG_TABLE_NAME <> 'zustaendigkeit' THEN
    NEW.akteur_id := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER akteur_mit BEFORE INSERT OR UPDATE OF akteur_id ON oeffentlich.zustaendigkeit FOR EACH ROW EXECUTE FUNCTION freigabe.akteur_mit();
CREATE TRIGGER akteur_mit BEFORE INSERT OR UPDATE OF akteur_id ON oeffentlich.produkt FOR EACH ROW EXECUTE FUNCTION freigabe.akteur_mit();
CREATE TRIGGER akteur_mit BEFORE INSERT OR UPDATE OF akteur_id ON oeffentlich.handlungsfeld FOR EACH ROW EXECUTE FUNCTION freigabe.akteur_mit();

-- ---------------------------------------------------------------- states
-- Arguments: public fields of the table, as ($1).a, ($1).b … and ($2).a, ($2).b …; 'lieferung' where deliveries set the state of new rows.
CREATE FUNCTION freigabe.vor_gegenstand() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wer text := freigabe.titel(TG_RELID) || ' „' || NEW.kennung || '“'; a text; geaendert boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.veroeffentlichung NOT IN ('entwurf', 'intern') AND TG_ARGV[2] <> 'lieferung' AND NOT freigabe.erlaubt() THEN
      RAISE EXCEPTION '%: ein neuer Eintrag beginnt als Entwurf; veröffentlicht wird er durch eine Freigabe.', wer USING ERRCODE = 'ZR006';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.veroeffentlichung <> OLD.veroeffentlichung THEN
    IF NOT EXISTS (SELECT FROM strategie.uebergang u WHERE u.achse = 'veroeffentlichung' AND u.von = OLD.veroeffentlichung AND u.nach = NEW.veroeffentlichung) THEN
      RAISE EXCEPTION '%: von „%“ nach „%“ führt kein Weg. Möglich ist: %.', wer, (SELECT z.titel FROM freigabe.zustand z WHERE z.schluessel = OLD.veroeffentlichung), (SELECT z.titel FROM freigabe.zustand z WHERE z.schluessel = NEW.veroeffentlichung),
        coalesce((SELECT string_agg('„' || z.titel || '“', ', ' ORDER BY z.reihenfolge) FROM strategie.uebergang u JOIN freigabe.zustand z ON z.schluessel = u.nach WHERE u.achse = 'veroeffentlichung' AND u.von = OLD.veroeffentlichung), 'nichts') USING ERRCODE = 'ZR004';
    END IF;
    IF NEW.veroeffentlichung <> 'entwurf' AND NOT freigabe.erlaubt() THEN
      RAISE EXCEPTION '%: der Zustand „%“ wird nicht gesetzt, sondern beantragt und freigegeben.', wer, (SELECT z.titel FROM freigabe.zustand z WHERE z.schluessel = NEW.veroeffentlichung) USING ERRCODE = 'ZR006';
    END IF;
    RETURN NEW;
  END IF;
  IF freigabe.erlaubt() THEN
    RETURN NEW;
  END IF;
  EXECUTE format('SELECT (%s) IS DISTINCT FROM (%s)', TG_ARGV[0], TG_ARGV[1]) INTO geaendert USING OLD, NEW;
  IF NOT geaendert THEN
    -- Only what the public never sees (a note) changed, or nothing: the copy is still the newest.
    SELECT x.art INTO a FROM freigabe.art x WHERE x.relation = TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
    IF OLD.veroeffentlichung = 'veroeffentlicht' THEN
      UPDATE freigabe.gleichstand g SET version = NEW.version WHERE g.art = a AND g.id = NEW.id AND g.version = OLD.version;
    END IF;
  ELSIF OLD.veroeffentlichung IN ('veroeffentlicht', 'in_freigabe') THEN
    NEW.veroeffentlichung := 'entwurf';
  ELSIF OLD.veroeffentlichung = 'archiviert' THEN
    RAISE EXCEPTION '%: der Eintrag ist archiviert. Zum Ändern bitte zuerst wieder aufnehmen.', wer USING ERRCODE = 'ZR006';
  END IF;
  RETURN NEW;
END $$;

-- A new version of owners whose part changed; not twice in one transaction.
CREATE FUNCTION freigabe.beruehre(rel regclass, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  fest text; a text;
BEGIN
  IF coalesce(cardinality(ids), 0) = 0 THEN
    RETURN;
  END IF;
  SELECT x.art INTO a FROM freigabe.art x WHERE x.relation::regclass = rel;
  EXECUTE format('SELECT min(z.kennung) FROM %s z WHERE z.id = ANY ($1) AND z.veroeffentlichung = ''archiviert''', rel) INTO fest USING ids;
  IF fest IS NOT NULL THEN
    RAISE EXCEPTION '% „%“: der Eintrag ist archiviert. Zum Ändern bitte zuerst wieder aufnehmen.', freigabe.titel(rel), fest USING ERRCODE = 'ZR006';
  END IF;
  EXECUTE format('UPDATE %s z SET veroeffentlichung = CASE WHEN z.veroeffentlichung IN (''veroeffentlicht'', ''in_freigabe'') THEN ''entwurf'' ELSE z.veroeffentlichung END WHERE z.id = ANY ($1)
    AND NOT (EXISTS (SELECT FROM audit.zeile r WHERE r.aenderung_id = audit.laufende() AND r.relation = $3 AND r.schluessel = z.id::text)
      AND NOT EXISTS (SELECT FROM freigabe.gleichstand g WHERE g.art = $2 AND g.id = z.id AND g.version = z.version))', rel) USING ids, a, freigabe.name_(rel);
END $$;

CREATE FUNCTION freigabe.nach_teil() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  t record; ids uuid[]; felder text;
BEGIN
  IF freigabe.erlaubt() THEN
    RETURN NULL;
  END IF;
  SELECT string_agg(quote_ident(s.spalte), ', ') INTO felder FROM (SELECT x.spalte FROM freigabe.spalten(TG_RELID) x UNION SELECT attname FROM pg_attribute WHERE attrelid = TG_RELID AND attname = 'vertraulich') s WHERE s.spalte <> 'seit';
  FOR t IN SELECT x.eigner, a.relation FROM freigabe.teil x JOIN freigabe.art a USING (art) WHERE x.relation = TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME AND x.nur = 'true' LOOP
    EXECUTE format(CASE TG_OP WHEN 'INSERT' THEN 'SELECT array_agg(DISTINCT %1$I) FROM neu WHERE %1$I IS NOT NULL'
      WHEN 'DELETE' THEN 'SELECT array_agg(DISTINCT %1$I) FROM alt WHERE %1$I IS NOT NULL'
      ELSE 'SELECT array_agg(DISTINCT %1$I) FROM ((SELECT %2$s FROM alt EXCEPT SELECT %2$s FROM neu) UNION ALL (SELECT %2$s FROM neu EXCEPT SELECT %2$s FROM alt)) x WHERE %1$I IS NOT NULL' END, t.eigner, felder) INTO ids;
    PERFORM freigabe.beruehre(t.relation::regclass, ids);
  END LOOP;
  RETURN NULL;
END $$;

-- A flag set is obeyed at once; a flag taken away is a draft like any other change.
CREATE FUNCTION freigabe.nach_vermerk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.vertraulich_anwenden('haushalt.finanzwert', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER freigabe_vermerk AFTER UPDATE OF vertraulich ON haushalt.finanzwert FOR EACH ROW WHEN (NEW.vertraulich AND NOT OLD.vertraulich) EXECUTE FUNCTION freigabe.nach_vermerk();

-- The content of a plan belongs to it too. Imports load a partition of their own, which is no edit.
CREATE FUNCTION freigabe.nach_planinhalt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  f int[];
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT fassung_id) INTO f FROM neu;
  ELSE
    SELECT array_agg(DISTINCT fassung_id) INTO f FROM alt;
  END IF;
  IF f IS NOT NULL AND NOT freigabe.erlaubt() THEN
    INSERT INTO freigabe.fassung_geaendert SELECT o.id FROM oeffentlich.fassung o WHERE o.id = ANY (f) ON CONFLICT DO NOTHING;
    PERFORM freigabe.beruehre('fnp.plan', (SELECT array_agg(DISTINCT plan_id) FROM fnp.fassung x WHERE x.id = ANY (f)));
  END IF;
  RETURN NULL;
END $$;

-- Draft and copy of the whole machinery for one kind; call again after a column or part was added.
CREATE FUNCTION freigabe.verfolge(art text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a freigabe.art := freigabe.art_(art); t record; o text;
BEGIN
  EXECUTE (SELECT format('CREATE OR REPLACE TRIGGER freigabe_zustand BEFORE INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION freigabe.vor_gegenstand(%L, %L, %L)', a.relation,
      string_agg(format('($1).%I', spalte), ', '), string_agg(format('($2).%I', spalte), ', '), CASE a.art WHEN 'fachobjekt' THEN 'lieferung' ELSE '' END)
    FROM freigabe.spalten(a.relation::regclass) WHERE NOT erzeugt AND spalte NOT IN ('version', 'seit'));
  FOR t IN SELECT DISTINCT x.relation FROM freigabe.teil x WHERE x.art = a.art LOOP
    EXECUTE format('CREATE OR REPLACE TRIGGER freigabe_neu AFTER INSERT ON %s REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_teil()', t.relation);
    EXECUTE format('CREATE OR REPLACE TRIGGER freigabe_geaendert AFTER UPDATE ON %s REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_teil()', t.relation);
    EXECUTE format('CREATE OR REPLACE TRIGGER freigabe_geloescht AFTER DELETE ON %s REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_teil()', t.relation);
  END LOOP;
END $$;
CREATE OR REPLACE TRIGGER uebergang BEFORE UPDATE OF beschlussstand, umsetzungsphase ON strategie.massnahme
  FOR EACH ROW EXECUTE FUNCTION strategie.pruefe_uebergang('beschlussstand', 'umsetzungsphase');
SELECT freigabe.verfolge(art) FROM freigabe.art;
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt'] LOOP
    EXECUTE format('CREATE TRIGGER freigabe_neu AFTER INSERT ON fnp.%I REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_planinhalt()', t);
    EXECUTE format('CREATE TRIGGER freigabe_geaendert AFTER UPDATE ON fnp.%I REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_planinhalt()', t);
    EXECUTE format('CREATE TRIGGER freigabe_geloescht AFTER DELETE ON fnp.%I REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION freigabe.nach_planinhalt()', t);
  END LOOP;
END $$;


-- Requests and confidential fields name what a restricted reader may not know of.
DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['antrag', 'antrag_historie', 'vertraulich', 'vertraulich_historie', 'fassung_geaendert'] LOOP
    EXECUTE format('ALTER TABLE freigabe.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY schreiber ON freigabe.%I TO zielraum_write USING (true) WITH CHECK (true)', t);
    EXECUTE format('CREATE POLICY leser ON freigabe.%I FOR SELECT TO zielraum_staff USING ((SELECT freigabe.sieht(''alles'')))', t);
  END LOOP;
END $$;
RESET ROLE;

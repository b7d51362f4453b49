-- History, undo, proof and erasure. What 0002 began is finished here: personal fields stay out
-- of history and audit, the past has no overlaps, nobody but the owner changes it, and the newest
-- audit row of every key can be compared with the table.
SET LOCAL ROLE zielraum_owner;

-- The past as a world: views of the same names as the tables, so that every view file and every
-- statement runs there unchanged. The moment is the setting zielraum.stand; without it they fail.
CREATE SCHEMA damals;
COMMENT ON SCHEMA damals IS 'Die Tabellen der Arbeitsschemas, wie sie zu einem Zeitpunkt waren (zielraum.stand)';
CREATE SCHEMA oeffentlich_damals;
COMMENT ON SCHEMA oeffentlich_damals IS 'Was die Öffentlichkeit zu einem Zeitpunkt sah (zielraum.stand)';
GRANT USAGE ON SCHEMA damals TO zielraum_staff, zielraum_write;
GRANT USAGE ON SCHEMA oeffentlich_damals TO zielraum_public, zielraum_staff, zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA damals GRANT SELECT ON TABLES TO zielraum_staff, zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA oeffentlich_damals GRANT SELECT ON TABLES TO zielraum_public, zielraum_staff, zielraum_write;

-- Columns tagged [personenbezogen]: in neither history nor audit.
CREATE FUNCTION audit.personenfelder(rel regclass) RETURNS name[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(array_agg(attname ORDER BY attnum), '{}') FROM pg_attribute
  WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND col_description(rel, attnum) LIKE '%[personenbezogen]%'
$$;
-- The key of an audit row, over the alias x. Areas of a plan are known by Fassung and kennung.
CREATE FUNCTION audit.schluesselausdruck(rel regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN rel = to_regclass('fnp.flaeche') THEN 'concat_ws(''/'', x.fassung_id, x.kennung)' ELSE
    (SELECT format('concat_ws(''/'', %s)', string_agg('x.' || quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)))
     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary) END
$$;
-- Select list of an audit row: attributes, each geometry as SHA-256 of its EWKB. `nur`: a table
-- whose columns alone are taken (a public copy has fewer).
CREATE FUNCTION audit.auswahl(rel regclass, nur regclass DEFAULT NULL) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT string_agg(CASE WHEN format_type(a.atttypid, NULL) = 'geometry'
      THEN format('encode(sha256(ST_AsEWKB(%1$I)), ''hex'') AS %1$I', a.attname) ELSE quote_ident(a.attname) END, ', ' ORDER BY a.attnum)
  FROM pg_attribute a WHERE a.attrelid = rel AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attname = ANY (audit.personenfelder(rel))
    AND (nur IS NULL OR EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = nur AND b.attname = a.attname AND NOT b.attisdropped))
$$;
-- Tables with a history, of both worlds.
CREATE FUNCTION audit.verfolgte() RETURNS TABLE (relation regclass, historie regclass, schema_ name, tabelle name) LANGUAGE sql STABLE AS $$
  SELECT k.oid::regclass, h.oid::regclass, n.nspname, k.relname FROM pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid JOIN pg_namespace n ON n.oid = k.relnamespace
    JOIN pg_class h ON h.relnamespace = k.relnamespace AND h.relname = k.relname || '_historie'
  WHERE t.tgname = 'audit_neu' ORDER BY n.nspname, k.relname
$$;

-- As in 0002. An old row ends at the moment the new one begins, or a question about the past would
-- find both between the two clocks. Fourth argument: how alt and neu belong together.
CREATE OR REPLACE FUNCTION audit.nach_anweisung() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  aenderung bigint := audit.laufende(); relation text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE format('INSERT INTO %I.%I (%s, zeitraum, beendet_durch) SELECT %s, tstzrange(seit, greatest(seit, coalesce(_bis, clock_timestamp()))), $1
        FROM (SELECT alt.*, neu.seit AS _bis FROM alt LEFT JOIN neu ON %s) x', TG_TABLE_SCHEMA, TG_TABLE_NAME || '_historie', TG_ARGV[0], TG_ARGV[0], TG_ARGV[3]) USING aenderung;
  ELSIF TG_OP = 'DELETE' THEN
    EXECUTE format('INSERT INTO %I.%I (%s, zeitraum, beendet_durch) SELECT %s, tstzrange(seit, greatest(seit, clock_timestamp())), $1 FROM alt',
      TG_TABLE_SCHEMA, TG_TABLE_NAME || '_historie', TG_ARGV[0], TG_ARGV[0]) USING aenderung;
  END IF;
  IF TG_ARGV[1] <> '' THEN
    EXECUTE format('INSERT INTO audit.zeile (aenderung_id, relation, schluessel, art, daten)
        SELECT $1, $2, %s, $3, to_jsonb(x) FROM (SELECT %s FROM %s) x', TG_ARGV[2], TG_ARGV[1], CASE TG_OP WHEN 'DELETE' THEN 'alt' ELSE 'neu' END)
      USING aenderung, relation, CASE TG_OP WHEN 'INSERT' THEN 'neu' WHEN 'UPDATE' THEN 'geaendert' ELSE 'geloescht' END;
  END IF;
  PERFORM audit.beruehre(relation);
  RETURN NULL;
END $$;
-- What the public sees begins with its publication, not with the edit that made it.
CREATE FUNCTION audit.jetzt_oeffentlich() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.seit := clock_timestamp();
  RETURN NEW;
END $$;

-- As in 0002; personal fields stay out, and the history is closed to everybody but its triggers.
CREATE OR REPLACE FUNCTION audit.verfolge(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  schema_ name; tabelle name; spalten text; auswahl text; schluessel text; paar text; mit_version boolean; c record; personen name[] := audit.personenfelder(rel);
BEGIN
  SELECT n.nspname, k.relname INTO schema_, tabelle FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = rel;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum), bool_or(attname = 'version') AND schema_ <> 'oeffentlich' INTO spalten, mit_version
    FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped AND NOT attname = ANY (personen);
  SELECT string_agg(format('alt.%1$I IS NOT DISTINCT FROM neu.%1$I', a.attname), ' AND ') INTO paar
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary;
  paar := replace(paar, ' IS NOT DISTINCT FROM ', ' = ');
  schluessel := audit.schluesselausdruck(rel);
  -- The public copy keeps its past, but its audit is the single publication row.
  auswahl := CASE schema_ WHEN 'oeffentlich' THEN '' ELSE audit.auswahl(rel) END;

  IF to_regclass(format('%I.%I', schema_, tabelle || '_historie')) IS NULL THEN
    EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING COMMENTS, zeitraum tstzrange NOT NULL, beendet_durch bigint NOT NULL REFERENCES audit.aenderung)', schema_, tabelle || '_historie', rel);
    EXECUTE format('COMMENT ON TABLE %I.%I IS %L', schema_, tabelle || '_historie', 'Frühere Stände: ' || coalesce(split_part(obj_description(rel), E'\n', 1), tabelle));
    EXECUTE format('COMMENT ON COLUMN %I.%I.zeitraum IS %L', schema_, tabelle || '_historie', 'Gültig im System');
    EXECUTE format('COMMENT ON COLUMN %I.%I.beendet_durch IS %L', schema_, tabelle || '_historie', 'Beendet durch Änderung');
    EXECUTE format('CREATE INDEX ON %I.%I USING gist (zeitraum)', schema_, tabelle || '_historie');
    IF schema_ = 'oeffentlich' THEN
      -- beendet_durch points into audit, which the public must not count in.
      EXECUTE format('ALTER TABLE %I.%I DROP CONSTRAINT %I', schema_, tabelle || '_historie', tabelle || '_historie_beendet_durch_fkey');
    END IF;
  END IF;
  -- The proof is the working history; the public one is a copy that a withdrawal clears.
  IF schema_ <> 'oeffentlich' THEN
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I.%I FROM zielraum_write', schema_, tabelle || '_historie');
  END IF;
  FOR c IN SELECT attname, format_type(atttypid, atttypmod) AS typ, col_description(rel, attnum) AS titel FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped LOOP
    IF c.attname = ANY (personen) THEN
      EXECUTE format('ALTER TABLE %I.%I DROP COLUMN IF EXISTS %I', schema_, tabelle || '_historie', c.attname);
    ELSIF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = format('%I.%I', schema_, tabelle || '_historie')::regclass AND attname = c.attname AND NOT attisdropped) THEN
      EXECUTE format('ALTER TABLE %I.%I ADD COLUMN %I %s', schema_, tabelle || '_historie', c.attname, c.typ);
      EXECUTE format('COMMENT ON COLUMN %I.%I.%I IS %L', schema_, tabelle || '_historie', c.attname, c.titel);
    END IF;
  END LOOP;

  IF schema_ = 'oeffentlich' THEN
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_beginn BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION audit.jetzt_oeffentlich()', rel);
  END IF;
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_vor BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION audit.vor_aenderung(%L)', rel, CASE WHEN mit_version THEN 'version' ELSE '' END);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_neu AFTER INSERT ON %s REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L)', rel, spalten, auswahl, schluessel);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_geaendert AFTER UPDATE ON %s REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L, %L)', rel, spalten, auswahl, schluessel, paar);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_geloescht AFTER DELETE ON %s REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L)', rel, spalten, auswahl, schluessel);
END $$;
SELECT audit.verfolge(relation) FROM audit.verfolgte();

-- Edited areas of a plan: their past beside the Fassungen, so that an edit can be shown and undone.
CREATE TABLE fnp.flaeche_historie (LIKE fnp.flaeche INCLUDING COMMENTS, zeitraum tstzrange NOT NULL, beendet_durch bigint NOT NULL REFERENCES audit.aenderung);
COMMENT ON TABLE fnp.flaeche_historie IS 'Frühere Stände: Fläche des Flächennutzungsplans
Nur bearbeitete Flächen; die Geschichte der übrigen sind die Fassungen.';
COMMENT ON COLUMN fnp.flaeche_historie.zeitraum IS 'Gültig im System';
COMMENT ON COLUMN fnp.flaeche_historie.beendet_durch IS 'Beendet durch Änderung';
CREATE INDEX flaeche_historie_kennung ON fnp.flaeche_historie (fassung_id, kennung);
REVOKE UPDATE, DELETE, TRUNCATE ON fnp.flaeche_historie FROM zielraum_write;
CREATE FUNCTION fnp.merke_flaeche() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  EXECUTE (SELECT format('INSERT INTO fnp.flaeche_historie (%1$s, zeitraum, beendet_durch)
      SELECT %1$s, tstzrange(_von, greatest(_von, clock_timestamp())), $1 FROM (SELECT a.*, coalesce(
        (SELECT max(upper(h.zeitraum)) FROM fnp.flaeche_historie h WHERE h.fassung_id = a.fassung_id AND h.kennung = a.kennung),
        (SELECT f.eingelesen_am FROM fnp.fassung f WHERE f.id = a.fassung_id), clock_timestamp()) AS _von FROM alt a) x', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
    FROM pg_attribute WHERE attrelid = 'fnp.flaeche'::regclass AND attnum > 0 AND NOT attisdropped) USING audit.laufende();
  RETURN NULL;
END $$;
CREATE TRIGGER merke_geaendert AFTER UPDATE ON fnp.flaeche REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION fnp.merke_flaeche();
CREATE TRIGGER merke_geloescht AFTER DELETE ON fnp.flaeche REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION fnp.merke_flaeche();

-- The public past of what is not public any more, with its parts.
CREATE FUNCTION freigabe.vergiss(tabelle name, ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  weg uuid[]; c record;
BEGIN
  IF NOT EXISTS (SELECT FROM audit.verfolgte() v WHERE v.schema_ = 'oeffentlich' AND v.tabelle = vergiss.tabelle) THEN
    RAISE EXCEPTION 'unbekannte Tabelle %', tabelle;
  END IF;
  EXECUTE format('SELECT array_agg(i) FROM unnest($1) i WHERE NOT EXISTS (SELECT FROM oeffentlich.%I o WHERE o.id = i)', tabelle) INTO weg USING ids;
  EXECUTE format('DELETE FROM oeffentlich.%I WHERE id = ANY ($1)', tabelle || '_historie') USING weg;
  FOR c IN
    SELECT k.relname, a.attname FROM pg_constraint f JOIN pg_class k ON k.oid = f.conrelid JOIN pg_attribute a ON a.attrelid = f.conrelid AND f.conkey = ARRAY[a.attnum]
      WHERE f.contype = 'f' AND f.confdeltype = 'c' AND f.confrelid = format('oeffentlich.%I', tabelle)::regclass AND k.relnamespace = 'oeffentlich'::regnamespace
    UNION SELECT split_part(t.relation, '.', 2)::name, t.eigner::name FROM freigabe.teil t JOIN freigabe.art x USING (art) WHERE split_part(x.relation, '.', 2) = tabelle
  LOOP
    IF to_regclass(format('oeffentlich.%I', c.relname || '_historie')) IS NOT NULL THEN
      EXECUTE format('DELETE FROM oeffentlich.%I WHERE %I = ANY ($1)', c.relname || '_historie', c.attname) USING weg;
    END IF;
  END LOOP;
END $$;

-- A published aggregate leaves the public table by withdrawal alone, whoever writes it: so its past goes with the row.
CREATE FUNCTION freigabe.nach_rueckzug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM freigabe.vergiss(TG_TABLE_NAME, ARRAY[OLD.id]);
  RETURN NULL;
END $$;
DO $$
DECLARE
  t text;
BEGIN
  FOR t IN SELECT split_part(relation, '.', 2) FROM freigabe.art LOOP
    -- At commit: the histories of parts that go by cascade are written after the owner's own triggers.
    EXECUTE format('CREATE CONSTRAINT TRIGGER vergiss AFTER DELETE ON oeffentlich.%I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION freigabe.nach_rueckzug()', t);
  END LOOP;
END $$;

-- An undo may go back where the working day may not: a mistaken transition is undone by its reverse.
CREATE OR REPLACE FUNCTION strategie.pruefe_uebergang() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  achse_ text; alt jsonb := to_jsonb(OLD); neu jsonb := to_jsonb(NEW);
BEGIN
  IF current_setting('zielraum.ruecknahme', true) = current_setting('zielraum.aenderung', true) THEN
    RETURN NEW;
  END IF;
  FOREACH achse_ IN ARRAY TG_ARGV LOOP
    IF alt ->> achse_ <> neu ->> achse_ AND NOT EXISTS (SELECT FROM strategie.uebergang u WHERE u.achse = achse_ AND u.von = alt ->> achse_ AND u.nach = neu ->> achse_) THEN
      RAISE EXCEPTION 'Maßnahme %: beim Feld „%“ führt von „%“ nach „%“ kein Weg. Möglich ist: %.', neu ->> 'kennung', achse_, alt ->> achse_, neu ->> achse_,
        coalesce((SELECT string_agg(u.nach, ', ' ORDER BY u.nach) FROM strategie.uebergang u WHERE u.achse = achse_ AND u.von = alt ->> achse_), 'nichts') USING ERRCODE = 'ZR004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;

-- Proof: the newest audit row of each key against the table, every former row against the audit.
-- Moments are compared as moments: a session in another time zone wrote them otherwise.
CREATE FUNCTION audit.ungleich(soll jsonb, ist jsonb, zeiten name[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT string_agg(e.k, ', ' ORDER BY e.k) FROM jsonb_each(soll) e (k, v)
  WHERE ist ? e.k AND ist -> e.k IS DISTINCT FROM e.v
    AND CASE WHEN e.k = ANY (zeiten) AND jsonb_typeof(e.v) = 'string' AND jsonb_typeof(ist -> e.k) = 'string'
      THEN (ist ->> e.k)::timestamptz <> (e.v #>> '{}')::timestamptz ELSE true END
$$;
CREATE FUNCTION audit.abweichungen() RETURNS TABLE (relation text, schluessel text, lfd bigint, grund text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  v record; zeiten name[]; name_ text; ausdruck text;
BEGIN
  FOR v IN SELECT * FROM audit.verfolgte() x WHERE x.schema_ <> 'oeffentlich' LOOP
    SELECT array_agg(attname) INTO zeiten FROM pg_attribute WHERE attrelid = v.relation AND atttypid = 'timestamptz'::regtype;
    name_ := v.schema_ || '.' || v.tabelle;
    ausdruck := audit.schluesselausdruck(v.relation);
    RETURN QUERY EXECUTE format($q$
      WITH neueste AS (
        SELECT DISTINCT ON (z.schluessel) z.schluessel, z.art, z.daten, a.lfd FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
        WHERE z.relation = %1$L AND z.art IN ('neu', 'geaendert', 'geloescht') ORDER BY z.schluessel, z.id DESC
      ), jetzt AS (
        SELECT %2$s AS schluessel, to_jsonb(y) AS daten FROM %3$s x CROSS JOIN LATERAL (SELECT %4$s FROM (SELECT x.*) q) y
      )
      SELECT %1$L, coalesce(n.schluessel, j.schluessel), n.lfd, CASE
          WHEN n.schluessel IS NULL THEN 'die Zeile steht in keiner Änderung'
          WHEN n.art = 'geloescht' THEN 'die gelöschte Zeile ist wieder da'
          WHEN j.schluessel IS NULL THEN 'die Zeile fehlt, ohne dass eine Änderung sie gelöscht hat'
          ELSE 'andere Werte als in der Änderung: ' || audit.ungleich(n.daten, j.daten, $1) END
      FROM neueste n FULL JOIN jetzt j USING (schluessel)
      WHERE n.schluessel IS NULL OR (n.art = 'geloescht') <> (j.schluessel IS NULL)
        OR n.art <> 'geloescht' AND audit.ungleich(n.daten, j.daten, $1) IS NOT NULL
      ORDER BY 3, 2 $q$, name_, ausdruck, v.relation, audit.auswahl(v.relation)) USING zeiten;
    RETURN QUERY EXECUTE format($q$
      WITH frueher AS (
        SELECT %2$s AS schluessel, x.seit, to_jsonb(y) AS daten FROM %3$s x CROSS JOIN LATERAL (SELECT %4$s FROM (SELECT x.*) q) y
      ), stand AS (
        SELECT z.schluessel, (z.daten ->> 'seit')::timestamptz AS seit, z.daten, a.lfd,
          lead(a.lfd) OVER (PARTITION BY z.schluessel ORDER BY z.id) AS danach
        FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id WHERE z.relation = %1$L AND z.art IN ('neu', 'geaendert', 'geloescht')
      )
      SELECT %1$L, f.schluessel, s.lfd, CASE WHEN s.schluessel IS NULL THEN 'der frühere Stand steht in keiner Änderung'
          ELSE 'der frühere Stand hat andere Werte: ' || audit.ungleich(s.daten, f.daten, $1) END
      FROM frueher f LEFT JOIN stand s ON s.schluessel = f.schluessel AND s.seit = f.seit
      WHERE s.schluessel IS NULL OR audit.ungleich(s.daten, f.daten, $1) IS NOT NULL
      UNION ALL
      SELECT %1$L, s.schluessel, s.lfd, 'der frühere Stand fehlt in der Geschichte' FROM stand s
      WHERE s.danach IS NOT NULL AND NOT EXISTS (SELECT FROM frueher f WHERE f.schluessel = s.schluessel AND f.seit = s.seit)
      ORDER BY 3, 2 $q$, name_, ausdruck, v.historie, audit.auswahl(v.historie, v.relation)) USING zeiten;
  END LOOP;
  -- Edited areas of a plan.
  RETURN QUERY WITH neueste AS (
      SELECT DISTINCT ON (z.schluessel) z.schluessel, z.art, z.daten, a.lfd FROM audit.zeile z JOIN audit.aenderung a ON a.id = z.aenderung_id
      WHERE z.relation = 'fnp.flaeche' AND z.art IN ('neu', 'geaendert', 'geloescht') ORDER BY z.schluessel, z.id DESC)
    SELECT 'fnp.flaeche', n.schluessel, n.lfd, CASE WHEN f.kennung IS NULL THEN 'die Fläche fehlt, ohne dass eine Änderung sie gelöscht hat'
        WHEN n.art = 'geloescht' THEN 'die gelöschte Fläche ist wieder da'
        ELSE 'andere Werte als in der Änderung: ' || audit.ungleich(n.daten, fnp.flaeche_inhalt(f.nutzung, f.rechtsstand, f.name, f.text, f.codes, f.geom), '{}') END
    FROM neueste n JOIN fnp.fassung fa ON fa.id = split_part(n.schluessel, '/', 1)::int
    LEFT JOIN fnp.flaeche f ON f.fassung_id = fa.id AND f.kennung = substr(n.schluessel, strpos(n.schluessel, '/') + 1)
    WHERE (n.art = 'geloescht') <> (f.kennung IS NULL)
      OR n.art <> 'geloescht' AND audit.ungleich(n.daten, fnp.flaeche_inhalt(f.nutzung, f.rechtsstand, f.name, f.text, f.codes, f.geom), '{}') IS NOT NULL;
  -- A public row of the same version says what its working row says; what is withheld is NULL.
  FOR v IN SELECT x.relation::regclass AS relation, split_part(x.relation, '.', 2) AS tabelle FROM freigabe.art x ORDER BY x.reihenfolge LOOP
    RETURN QUERY EXECUTE format($q$
      WITH o AS (SELECT x.id, x.version, x.kennung, jsonb_strip_nulls(to_jsonb(y)) - 'seit' AS daten FROM oeffentlich.%1$I x CROSS JOIN LATERAL (SELECT %2$s FROM (SELECT x.*) q) y),
        w AS (SELECT x.id, x.version, to_jsonb(y) AS daten FROM %3$s x CROSS JOIN LATERAL (SELECT %2$s FROM (SELECT x.*) q) y)
      SELECT %4$L, o.kennung, NULL::bigint, 'die veröffentlichte Zeile hat andere Werte als die Fassung, die freigegeben wurde: ' || audit.ungleich(o.daten, w.daten, '{erstellt_am}')
      FROM o JOIN w USING (id, version) WHERE audit.ungleich(o.daten, w.daten, '{erstellt_am}') IS NOT NULL ORDER BY 2
      $q$, v.tabelle, audit.auswahl(format('oeffentlich.%I', v.tabelle)::regclass), v.relation, 'oeffentlich.' || v.tabelle);
  END LOOP;
END $$;

-- What one change did to each row, seen from before to after; anchors of areas follow by themselves.
CREATE FUNCTION audit.wirkung(aenderung bigint) RETURNS TABLE (relation text, schluessel text, vorher boolean, nachher boolean) LANGUAGE sql STABLE AS $$
  SELECT z.relation, z.schluessel, (array_agg(z.art ORDER BY z.id))[1] <> 'neu', (array_agg(z.art ORDER BY z.id DESC))[1] <> 'geloescht'
  FROM audit.zeile z WHERE z.aenderung_id = $1 AND z.art IN ('neu', 'geaendert', 'geloescht') AND z.relation <> 'fnp.verweis' GROUP BY 1, 2
$$;

-- Puts the rows of one change back to what they were before it, inside the running change. Order:
-- children that nothing points at go first (a replaced set is unique again), then rows come back
-- from parents to children, are changed, and at last parents go.
CREATE FUNCTION audit.nimm_zurueck(nummer bigint) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  ziel audit.aenderung; r record; k record; phase text; hier bigint := audit.laufende(); zahl int := 0; n int; spalten text; setze text; paar text; eigner uuid[]; ga freigabe.art;
BEGIN
  SELECT * INTO ziel FROM audit.aenderung WHERE lfd = nummer;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Eine Änderung mit der Nummer % gibt es nicht.', nummer USING ERRCODE = 'ZR008';
  END IF;
  SELECT x.lfd, x.wer INTO k FROM audit.zeile z JOIN audit.aenderung x ON x.id = z.aenderung_id WHERE z.relation = 'audit.aenderung' AND z.schluessel = nummer::text AND z.art = 'ruecknahme';
  IF FOUND THEN
    RAISE EXCEPTION 'Die Änderung % ist schon zurückgenommen (durch Änderung %).', nummer, k.lfd USING ERRCODE = 'ZR008';
  END IF;
  IF EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = ziel.id AND z.art = 'import') THEN
    RAISE EXCEPTION 'Die Änderung % ist ein Import; ein Import wird nicht zurückgenommen. Bitte die frühere Datei noch einmal einlesen: sie wird eine neue Fassung.', nummer USING ERRCODE = 'ZR008';
  ELSIF EXISTS (SELECT FROM audit.zeile z WHERE z.aenderung_id = ziel.id AND z.art = 'freigabe') THEN
    RAISE EXCEPTION 'Die Änderung % hat etwas veröffentlicht; das wird nicht zurückgenommen. Bitte die Veröffentlichung zurückziehen.', nummer USING ERRCODE = 'ZR008';
  ELSIF NOT EXISTS (SELECT FROM audit.wirkung(ziel.id)) THEN
    RAISE EXCEPTION 'Die Änderung % hat keine Zeile geändert, die sich zurücknehmen lässt.', nummer USING ERRCODE = 'ZR008';
  END IF;
  PERFORM set_config('zielraum.ruecknahme', hier::text, true);

  -- Locked first: whoever changed a row meanwhile is seen by the next question, not overwritten.
  FOR r IN SELECT w.relation, array_agg(w.schluessel) AS s FROM audit.wirkung(ziel.id) w GROUP BY 1 ORDER BY 1 LOOP
    EXECUTE format('SELECT count(*) FROM (SELECT FROM %s x WHERE %s FOR UPDATE) y', r.relation, audit.zeilenwahl(r.relation::regclass)) USING r.s;
  END LOOP;
  SELECT x.lfd, x.wer, x.warum, x.versiegelt, z.relation, z.schluessel INTO k FROM audit.wirkung(ziel.id) w JOIN audit.zeile z USING (relation, schluessel) JOIN audit.aenderung x ON x.id = z.aenderung_id
    WHERE x.lfd > nummer ORDER BY x.lfd, z.id LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Die Änderung % lässt sich nicht zurücknehmen: „%“ (%) wurde danach noch einmal geändert, in Änderung % von % am % („%“). Bitte erst diese zurücknehmen.', nummer,
      split_part(coalesce(obj_description(k.relation::regclass), k.relation), E'\n', 1), audit.bezeichnung(k.relation, k.schluessel), k.lfd, k.wer, to_char(k.versiegelt AT TIME ZONE 'Europe/Berlin', 'DD.MM.YYYY HH24:MI'), k.warum USING ERRCODE = 'ZR008';
  END IF;
  -- A row that goes must not take along what others hung on it.
  FOR r IN SELECT w.relation, array_agg(w.schluessel) AS s FROM audit.wirkung(ziel.id) w WHERE NOT w.vorher AND w.nachher GROUP BY 1 LOOP
    FOR k IN SELECT f.conrelid::regclass AS kind, v.schema_ || '.' || v.tabelle AS name_, c.attname AS spalte, p.attname AS eltern FROM pg_constraint f
        JOIN audit.verfolgte() v ON v.relation = f.conrelid JOIN pg_attribute c ON c.attrelid = f.conrelid AND f.conkey = ARRAY[c.attnum] JOIN pg_attribute p ON p.attrelid = f.confrelid AND f.confkey = ARRAY[p.attnum]
        WHERE f.contype = 'f' AND f.confrelid = r.relation::regclass LOOP
      EXECUTE format('SELECT %s FROM %s x WHERE x.%I IN (SELECT %I FROM %s x WHERE %s) AND NOT EXISTS (SELECT FROM audit.wirkung($2) w WHERE w.relation = %L AND w.schluessel = %s) LIMIT 1',
        audit.schluesselausdruck(k.kind), k.kind, k.spalte, k.eltern, r.relation, audit.zeilenwahl(r.relation::regclass), k.name_, audit.schluesselausdruck(k.kind)) INTO phase USING r.s, ziel.id;
      IF phase IS NOT NULL THEN
        RAISE EXCEPTION 'Die Änderung % lässt sich nicht zurücknehmen: an „%“ hängt inzwischen „%“ (%). Bitte erst dieses lösen oder löschen.', nummer,
          split_part(coalesce(obj_description(r.relation::regclass), r.relation), E'\n', 1), split_part(coalesce(obj_description(k.kind), k.name_), E'\n', 1), audit.bezeichnung(k.name_, phase) USING ERRCODE = 'ZR008';
      END IF;
    END LOOP;
  END LOOP;

  FOR r IN
    WITH RECURSIVE fk AS (SELECT DISTINCT conrelid AS kind, confrelid AS eltern FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid),
      w AS (SELECT x.relation, x.relation::regclass AS rel, array_agg(x.schluessel) FILTER (WHERE NOT x.vorher AND x.nachher) AS fort,
          array_agg(x.schluessel) FILTER (WHERE x.vorher AND NOT x.nachher) AS her, array_agg(x.schluessel) FILTER (WHERE x.vorher AND x.nachher) AS um FROM audit.wirkung(ziel.id) x GROUP BY 1),
      rang (rel, tiefe) AS (SELECT rel::oid, 0 FROM w UNION SELECT fk.kind, tiefe + 1 FROM rang JOIN fk ON fk.eltern = rang.rel WHERE tiefe < 12),
      g AS (SELECT w.*, (SELECT max(tiefe) FROM rang WHERE rang.rel = w.rel) AS tiefe, EXISTS (SELECT FROM fk JOIN w y ON y.rel = fk.kind WHERE fk.eltern = w.rel) AS eltern FROM w)
    SELECT 1 AS schritt, 'fort' AS was, g.relation, g.rel, g.fort AS s, -tiefe AS folge FROM g WHERE NOT g.eltern AND g.fort IS NOT NULL
    UNION ALL SELECT 2, 'her', g.relation, g.rel, g.her, tiefe FROM g WHERE g.her IS NOT NULL
    UNION ALL SELECT 3, 'um', g.relation, g.rel, g.um, tiefe FROM g WHERE g.um IS NOT NULL
    UNION ALL SELECT 4, 'fort', g.relation, g.rel, g.fort, -tiefe FROM g WHERE g.eltern AND g.fort IS NOT NULL ORDER BY 1, 6, 3
  LOOP
    IF r.was = 'fort' THEN
      EXECUTE format('DELETE FROM %s x WHERE %s', r.rel, audit.zeilenwahl(r.rel)) USING r.s;
    ELSE
      SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
             string_agg(format('%1$I = h.%1$I', a.attname), ', ' ORDER BY a.attnum) FILTER (WHERE a.attname NOT IN ('version', 'seit', 'kennung', 'veroeffentlichung'))
        INTO spalten, setze FROM pg_attribute a WHERE a.attrelid = r.rel AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND NOT a.attname = ANY (audit.personenfelder(r.rel));
      SELECT string_agg(format('x.%1$I = h.%1$I', a.attname), ' AND ') INTO paar FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = r.rel AND i.indisprimary;
      -- The state before the change is the first one it ended.
      EXECUTE format(CASE r.was WHEN 'um' THEN 'UPDATE %1$s x SET %2$s FROM (%4$s) h WHERE %3$s' ELSE 'INSERT INTO %1$s (%5$s) OVERRIDING SYSTEM VALUE SELECT %6$s FROM (%4$s) h ON CONFLICT DO NOTHING' END, r.rel, setze, paar,
        format('SELECT DISTINCT ON (%1$s) x.* FROM %2$s_historie x WHERE x.beendet_durch = $2 AND %3$s ORDER BY %1$s, lower(x.zeitraum)', audit.schluesselausdruck(r.rel), r.rel, audit.zeilenwahl(r.rel)),
        spalten, regexp_replace(regexp_replace(regexp_replace(spalten, '(^|, )seit(,|$)', '\1clock_timestamp()\2'), '(^|, )version(,|$)', '\1version + 1\2'), '(^|, )veroeffentlichung(,|$)', '\1''entwurf''\2')) USING r.s, ziel.id;
    END IF;
    GET DIAGNOSTICS n = ROW_COUNT;
    zahl := zahl + n;
  END LOOP;

  -- Whatever was put back is a draft: it passes the release again, and no part leaks through a version that looks published.
  FOR ga IN SELECT * FROM freigabe.art LOOP
    EXECUTE format('SELECT array_agg(x.id) FROM %1$s x WHERE EXISTS (SELECT FROM audit.wirkung($1) w WHERE w.relation = %2$L AND w.vorher AND w.schluessel = x.id::text)', ga.relation, ga.relation) INTO eigner USING ziel.id;
    FOR k IN SELECT t.relation, t.eigner FROM freigabe.teil t JOIN audit.verfolgte() v ON v.relation = t.relation::regclass WHERE t.art = ga.art
        AND EXISTS (SELECT FROM audit.wirkung(ziel.id) w WHERE w.relation = t.relation) LOOP
      EXECUTE format('SELECT coalesce($3, ''{}'') || coalesce(array_agg(y.eigner), ''{}'') FROM (
          SELECT x.%1$I AS eigner FROM %2$s x WHERE %4$s IN (SELECT schluessel FROM audit.wirkung($1) WHERE relation = %3$L)
          UNION SELECT x.%1$I FROM %2$s_historie x WHERE x.beendet_durch IN ($1, $2) AND %4$s IN (SELECT schluessel FROM audit.wirkung($1) WHERE relation = %3$L)) y WHERE y.eigner IS NOT NULL',
        k.eigner, k.relation, k.relation, audit.schluesselausdruck(k.relation::regclass)) INTO eigner USING ziel.id, hier, eigner;
    END LOOP;
    EXECUTE format('UPDATE %s SET veroeffentlichung = CASE WHEN veroeffentlichung IN (''veroeffentlicht'', ''in_freigabe'') THEN ''entwurf'' ELSE veroeffentlichung END WHERE id = ANY ($1)', ga.relation) USING eigner;
  END LOOP;
  PERFORM audit.vermerke('audit.aenderung', nummer::text, 'ruecknahme', jsonb_build_object('lfd', nummer, 'wer', ziel.wer, 'warum', ziel.warum, 'zeilen', zahl));
  PERFORM set_config('zielraum.ruecknahme', '', true);
  RETURN zahl;
END $$;
-- WHERE over the alias x for the keys in $1.
CREATE FUNCTION audit.zeilenwahl(rel regclass) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN rel = to_regclass('fnp.flaeche') THEN 'x.fassung_id = ANY (SELECT split_part(s, ''/'', 1)::int FROM unnest($1::text[]) s) AND (x.fassung_id, x.kennung) IN (SELECT split_part(s, ''/'', 1)::int, substr(s, strpos(s, ''/'') + 1) FROM unnest($1::text[]) s)'
    WHEN (SELECT count(*) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary AND i.indnatts = 1) = 1
      THEN (SELECT format('x.%I = ANY ($1::text[]::%s[])', a.attname, format_type(a.atttypid, a.atttypmod)) FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary)
    ELSE audit.schluesselausdruck(rel) || ' = ANY ($1::text[])' END
$$;
-- How people call a row: its title or kennung, else what it belongs to.
CREATE FUNCTION audit.bezeichnung(relation text, schluessel text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT coalesce(z.daten ->> 'titel', z.daten ->> 'name') || coalesce(' ' || (z.daten ->> 'kennung'), '') FROM audit.zeile z
      WHERE z.relation = $1 AND z.schluessel = $2 AND z.daten ?| ARRAY['titel', 'name'] ORDER BY z.id DESC LIMIT 1), $2)
$$;

-- Contacts are role and office. A name, an address of a person only with her consent, until a date;
-- no history keeps it, the public never sees it, other offices only through the command or the right for it.
CREATE TABLE strategie.akteur_kontakt (
  id uuid PRIMARY KEY, akteur_id uuid NOT NULL REFERENCES strategie.akteur ON DELETE CASCADE, funktion text NOT NULL,
  person text, email text, telefon text, einwilligung_am date, loeschen_am date, seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT akteur_kontakt_funktion_nicht_leer CHECK (funktion <> ''),
  CONSTRAINT akteur_kontakt_nur_mit_einwilligung CHECK (num_nonnulls(person, email, telefon) = 0 OR einwilligung_am IS NOT NULL AND loeschen_am IS NOT NULL),
  CONSTRAINT akteur_kontakt_frist CHECK (loeschen_am > einwilligung_am)
);
COMMENT ON TABLE strategie.akteur_kontakt IS E'Kontakt eines Akteurs\nStelle und Funktion; Angaben zur Person nur mit ihrer Einwilligung und bis zu einem Tag.';
COMMENT ON COLUMN strategie.akteur_kontakt.id IS 'Interne Nummer';
COMMENT ON COLUMN strategie.akteur_kontakt.akteur_id IS 'Akteur';
COMMENT ON COLUMN strategie.akteur_kontakt.funktion IS 'Funktion';
COMMENT ON COLUMN strategie.akteur_kontakt.person IS 'Name der Person [personenbezogen]';
COMMENT ON COLUMN strategie.akteur_kontakt.email IS 'E-Mail [personenbezogen]';
COMMENT ON COLUMN strategie.akteur_kontakt.telefon IS 'Telefon [personenbezogen]';
COMMENT ON COLUMN strategie.akteur_kontakt.einwilligung_am IS 'Eingewilligt am';
COMMENT ON COLUMN strategie.akteur_kontakt.loeschen_am IS E'Zu löschen am\nAn diesem Tag werden die Angaben zur Person geleert.';
COMMENT ON COLUMN strategie.akteur_kontakt.seit IS 'Stand';
REVOKE SELECT ON strategie.akteur_kontakt FROM zielraum_staff;
SELECT audit.verfolge('strategie.akteur_kontakt');

-- Where a person stands: accounts by their login, contacts by the kennung of their Akteur. Found by
-- the tag and by the column that names the owner, so a new table is in it without being listed.
CREATE FUNCTION audit.personenzeilen(wer text) RETURNS TABLE (relation regclass, spalte name, nummer text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  konto text; akteur text;
BEGIN
  IF to_regclass('auth.konto') IS NOT NULL THEN
    EXECUTE 'SELECT id::text FROM auth.konto WHERE login = $1' INTO konto USING wer;
  END IF;
  SELECT id::text INTO akteur FROM strategie.akteur WHERE kennung = wer;
  RETURN QUERY
    SELECT k.oid::regclass, a.attname, CASE a.attname WHEN 'akteur_id' THEN akteur ELSE konto END
    FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace JOIN pg_attribute a ON a.attrelid = k.oid AND NOT a.attisdropped AND a.attnum > 0
    WHERE k.relkind = 'r' AND k.relname !~ '_historie$' AND n.nspname NOT IN ('oeffentlich', 'audit', 'pg_catalog', 'information_schema')
      AND (konto IS NOT NULL AND (a.attname = 'konto_id' AND (n.nspname = 'auth' OR audit.personenfelder(k.oid) <> '{}') OR n.nspname = 'auth' AND k.relname = 'konto' AND a.attname = 'id')
        OR akteur IS NOT NULL AND a.attname = 'akteur_id' AND audit.personenfelder(k.oid) <> '{}')
    ORDER BY 1;
  IF NOT FOUND AND konto IS NULL AND akteur IS NULL THEN
    RAISE EXCEPTION 'Ein Konto oder einen Akteur „%“ gibt es nicht.', wer USING ERRCODE = 'ZR008';
  END IF;
END $$;
-- Everything about one person. Secrets (hashes) are no information about her and stay out.
CREATE FUNCTION audit.person(wer text) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record; zeilen jsonb; alles jsonb := '{}'; auswahl text;
BEGIN
  FOR r IN SELECT * FROM audit.personenzeilen(wer) LOOP
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO auswahl FROM pg_attribute
      WHERE attrelid = r.relation AND attnum > 0 AND NOT attisdropped AND atttypid <> 'bytea'::regtype AND attname !~ '(hash|geheim|passwort|kennwort)';
    EXECUTE format('SELECT jsonb_agg(to_jsonb(y)) FROM (SELECT %s FROM %s WHERE %I::text = $1) y', auswahl, r.relation, r.spalte) INTO zeilen USING r.nummer;
    alles := alles || jsonb_build_object(r.relation::text, coalesce(zeilen, '[]'));
  END LOOP;
  RETURN jsonb_build_object('person', wer, 'erstellt', clock_timestamp(), 'zeilen', alles, 'aenderungen', coalesce(
    (SELECT jsonb_agg(jsonb_build_object('lfd', a.lfd, 'zeit', a.versiegelt, 'warum', a.warum) ORDER BY a.lfd) FROM audit.aenderung a WHERE a.wer IN ('konto:' || person.wer, person.wer)), '[]'));
END $$;
CREATE FUNCTION audit.leere(rel regclass, bedingung text, wert text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  setze text; voll text; zahl bigint;
BEGIN
  -- A column that may not be empty says that it was emptied.
  SELECT string_agg(format('%I = %s', attname, CASE WHEN NOT attnotnull THEN 'NULL' WHEN atttypid = 'text'::regtype THEN '''gelöscht''' ELSE 'DEFAULT' END), ', '),
         string_agg(format('%I IS NOT NULL', attname), ' OR ')
    INTO setze, voll FROM pg_attribute WHERE attrelid = rel AND attname = ANY (audit.personenfelder(rel));
  IF setze IS NULL THEN RETURN 0; END IF;
  EXECUTE format('UPDATE %s SET %s WHERE (%s) AND (%s)', rel, setze, bedingung, voll) USING wert;
  GET DIAGNOSTICS zahl = ROW_COUNT;
  RETURN zahl;
END $$;
-- Blanks everything about one person; the account is locked and loses its sessions and tokens.
-- The audit keeps ids, times and hashes: nothing of it changes, and a row proves the erasure.
CREATE FUNCTION audit.person_loeschen(wer text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record; zahl bigint := 0; felder text[] := '{}'; n bigint;
BEGIN
  PERFORM audit.laufende();
  FOR r IN SELECT * FROM audit.personenzeilen(wer) LOOP
    n := audit.leere(r.relation, format('%I::text = $1', r.spalte), r.nummer);
    IF r.relation::text IN ('auth.sitzung', 'auth.token') THEN
      EXECUTE format('DELETE FROM %s WHERE %I::text = $1', r.relation, r.spalte) USING r.nummer;
      GET DIAGNOSTICS n = ROW_COUNT;
    ELSIF r.relation::text = 'auth.konto' AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = r.relation AND attname = 'gesperrt_seit') THEN
      EXECUTE 'UPDATE auth.konto SET gesperrt_seit = coalesce(gesperrt_seit, clock_timestamp()) WHERE id::text = $1' USING r.nummer;
    END IF;
    IF n > 0 THEN
      felder := felder || format('%s (%s)', r.relation, n);
    END IF;
    zahl := zahl + n;
  END LOOP;
  PERFORM audit.vermerke('person', wer, 'geloescht', jsonb_build_object('zeilen', zahl, 'tabellen', felder));
  RETURN zahl;
END $$;
-- Personal fields whose day has come; `nur_zaehlen` changes nothing and needs no author.
CREATE FUNCTION audit.abgelaufene_personenfelder(nur_zaehlen boolean) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  r record; zahl bigint := 0; n bigint; voll text;
BEGIN
  FOR r IN SELECT k.oid::regclass AS rel FROM pg_class k JOIN pg_attribute a ON a.attrelid = k.oid AND a.attname = 'loeschen_am' AND NOT a.attisdropped
      WHERE k.relkind = 'r' AND k.relname !~ '_historie$' AND audit.personenfelder(k.oid) <> '{}' ORDER BY 1 LOOP
    SELECT string_agg(format('%I IS NOT NULL', f), ' OR ') INTO voll FROM unnest(audit.personenfelder(r.rel)) f;
    EXECUTE format('SELECT count(*) FROM %s WHERE loeschen_am <= current_date AND (%s)', r.rel, voll) INTO n;
    IF n > 0 AND NOT nur_zaehlen THEN
      n := audit.leere(r.rel, 'loeschen_am <= current_date AND $1 IS NULL', NULL);
      PERFORM audit.vermerke('person', r.rel::text, 'geloescht', jsonb_build_object('zeilen', n, 'anlass', 'Löschfrist'));
    END IF;
    zahl := zahl + n;
  END LOOP;
  RETURN zahl;
END $$;
RESET ROLE;

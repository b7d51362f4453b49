-- One mechanism for every change: author (beginne), typed history (<table>_historie),
-- one audit row per changed row, sealed into one hash chain at commit.
-- Sealing at commit, not at the first write: a long import must not stop other writers.
SET LOCAL ROLE zielraum_owner;

CREATE TABLE audit.aenderung (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  wer text NOT NULL,
  warum text NOT NULL,
  begonnen timestamptz NOT NULL DEFAULT clock_timestamp(),
  transaktion xid8 NOT NULL DEFAULT pg_current_xact_id(),
  lfd bigint,
  versiegelt timestamptz,
  hash bytea,
  CONSTRAINT aenderung_wer_angegeben CHECK (wer <> ''),
  CONSTRAINT aenderung_lfd_eindeutig UNIQUE (lfd)
);
COMMENT ON TABLE audit.aenderung IS 'Änderung
Eine schreibende Transaktion mit Urheber und Anlass.';
COMMENT ON COLUMN audit.aenderung.id IS 'Nummer der Änderung (nicht die Reihenfolge der Abschlüsse)';
COMMENT ON COLUMN audit.aenderung.wer IS 'Urheber';
COMMENT ON COLUMN audit.aenderung.warum IS 'Anlass';
COMMENT ON COLUMN audit.aenderung.begonnen IS 'Begonnen';
COMMENT ON COLUMN audit.aenderung.transaktion IS 'Transaktion';
COMMENT ON COLUMN audit.aenderung.lfd IS 'Laufende Nummer in der Reihenfolge der Abschlüsse, lückenlos';
COMMENT ON COLUMN audit.aenderung.versiegelt IS 'Versiegelt';
COMMENT ON COLUMN audit.aenderung.hash IS 'Siegel
SHA-256 über das vorige Siegel und den Inhalt dieser Änderung.';

CREATE TABLE audit.zeile (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  aenderung_id bigint NOT NULL REFERENCES audit.aenderung,
  relation text NOT NULL,
  schluessel text NOT NULL,
  art text NOT NULL,
  daten jsonb NOT NULL,
  CONSTRAINT zeile_art CHECK (art IN ('neu', 'geaendert', 'geloescht', 'import', 'freigabe', 'ruecknahme'))
);
CREATE INDEX zeile_aenderung ON audit.zeile (aenderung_id, id);
CREATE INDEX zeile_schluessel ON audit.zeile (relation, schluessel, id);
COMMENT ON TABLE audit.zeile IS 'Geänderte Zeile';
COMMENT ON COLUMN audit.zeile.id IS 'Nummer';
COMMENT ON COLUMN audit.zeile.aenderung_id IS 'Änderung';
COMMENT ON COLUMN audit.zeile.relation IS 'Tabelle';
COMMENT ON COLUMN audit.zeile.schluessel IS 'Schlüssel der Zeile';
COMMENT ON COLUMN audit.zeile.art IS 'Art der Änderung';
COMMENT ON COLUMN audit.zeile.daten IS 'Werte nach der Änderung
Bei Löschung die letzten Werte; Geometrien als SHA-256 ihres EWKB.';

CREATE TABLE audit.beruehrt (
  aenderung_id bigint NOT NULL REFERENCES audit.aenderung,
  relation text NOT NULL,
  PRIMARY KEY (aenderung_id, relation)
);
COMMENT ON TABLE audit.beruehrt IS 'Von einer Änderung berührte Tabellen';
COMMENT ON COLUMN audit.beruehrt.aenderung_id IS 'Änderung';
COMMENT ON COLUMN audit.beruehrt.relation IS 'Tabelle';

CREATE TABLE audit.kopf (
  einzig boolean PRIMARY KEY DEFAULT true CHECK (einzig),
  lfd bigint NOT NULL,
  hash bytea NOT NULL
);
COMMENT ON TABLE audit.kopf IS 'Kopf der Siegelkette';
COMMENT ON COLUMN audit.kopf.einzig IS 'Einzige Zeile';
COMMENT ON COLUMN audit.kopf.lfd IS 'Letzte laufende Nummer';
COMMENT ON COLUMN audit.kopf.hash IS 'Letztes Siegel';
INSERT INTO audit.kopf (lfd, hash) VALUES (0, sha256('zielraum'));

CREATE TABLE audit.stand (
  relation text PRIMARY KEY,
  zaehler bigint NOT NULL,
  lfd bigint NOT NULL
);
COMMENT ON TABLE audit.stand IS 'Änderungszähler je Tabelle';
COMMENT ON COLUMN audit.stand.relation IS 'Tabelle';
COMMENT ON COLUMN audit.stand.zaehler IS 'Zähler';
COMMENT ON COLUMN audit.stand.lfd IS 'Letzte Änderung';

CREATE TABLE oeffentlich.stand (
  relation text PRIMARY KEY,
  zaehler bigint NOT NULL,
  zeit timestamptz NOT NULL
);
COMMENT ON TABLE oeffentlich.stand IS 'Änderungszähler je veröffentlichter Tabelle';
COMMENT ON COLUMN oeffentlich.stand.relation IS 'Tabelle';
COMMENT ON COLUMN oeffentlich.stand.zaehler IS 'Zähler';
COMMENT ON COLUMN oeffentlich.stand.zeit IS 'Zuletzt geändert';

-- First statement of every writing transaction.
CREATE FUNCTION audit.beginne(wer text, warum text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  neu bigint;
BEGIN
  INSERT INTO audit.aenderung (wer, warum) VALUES (beginne.wer, beginne.warum) RETURNING id INTO neu;
  PERFORM set_config('zielraum.aenderung', neu::text, true);
  RETURN neu;
END $$;

-- The change this transaction runs under; a setting forged from another transaction is refused.
CREATE FUNCTION audit.laufende() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  nummer bigint := nullif(current_setting('zielraum.aenderung', true), '')::bigint;
BEGIN
  IF nummer IS NULL OR NOT EXISTS (
    SELECT FROM audit.aenderung WHERE id = nummer AND transaktion = pg_current_xact_id_if_assigned()) THEN
    RAISE EXCEPTION 'Änderung ohne Urheber' USING ERRCODE = 'ZR001', HINT = 'audit.beginne(wer, warum) fehlt am Anfang der Transaktion.';
  END IF;
  RETURN nummer;
END $$;

CREATE FUNCTION audit.beruehre(relation text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit.beruehrt (aenderung_id, relation) VALUES (audit.laufende(), relation) ON CONFLICT DO NOTHING
$$;

-- One row for what is too large or too uniform for row audit (import, publication).
CREATE FUNCTION audit.vermerke(relation text, schluessel text, art text, daten jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit.zeile (aenderung_id, relation, schluessel, art, daten) VALUES (audit.laufende(), relation, schluessel, art, daten);
  SELECT audit.beruehre(relation);
$$;

CREATE FUNCTION audit.inhalt(nummer bigint) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT convert_to(concat_ws(E'\x1f', a.id, a.wer, a.warum), 'UTF8')
      || sha256(coalesce((SELECT string_agg(convert_to(concat_ws(E'\x1f', z.relation, z.schluessel, z.art, z.daten::text), 'UTF8'), '\x1e'::bytea ORDER BY z.id)
                 FROM audit.zeile z WHERE z.aenderung_id = a.id), ''::bytea))
  FROM audit.aenderung a WHERE a.id = nummer
$$;

CREATE FUNCTION audit.versiegle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  k audit.kopf;
  siegel bytea;
  r record;
BEGIN
  SELECT * INTO k FROM audit.kopf FOR UPDATE;
  siegel := sha256(k.hash || audit.inhalt(NEW.id));
  UPDATE audit.kopf SET lfd = k.lfd + 1, hash = siegel;
  UPDATE audit.aenderung SET lfd = k.lfd + 1, versiegelt = clock_timestamp(), hash = siegel WHERE id = NEW.id;
  FOR r IN SELECT b.relation FROM audit.beruehrt b WHERE b.aenderung_id = NEW.id ORDER BY 1 LOOP
    INSERT INTO audit.stand AS s (relation, zaehler, lfd) VALUES (r.relation, 1, k.lfd + 1)
      ON CONFLICT (relation) DO UPDATE SET zaehler = s.zaehler + 1, lfd = excluded.lfd;
    IF r.relation LIKE 'oeffentlich.%' THEN
      INSERT INTO oeffentlich.stand AS s (relation, zaehler, zeit) VALUES (substr(r.relation, 13), 1, clock_timestamp())
        ON CONFLICT (relation) DO UPDATE SET zaehler = s.zaehler + 1, zeit = excluded.zeit;
    END IF;
    PERFORM pg_notify('zielraum', r.relation || ':' || (SELECT s.zaehler FROM audit.stand s WHERE s.relation = r.relation));
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER versiegle AFTER INSERT ON audit.aenderung DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit.versiegle();

-- Recomputes the chain; returns the first broken link, no row when it is whole.
CREATE FUNCTION audit.pruefe() RETURNS TABLE (lfd bigint, grund text) LANGUAGE plpgsql STABLE AS $$
DECLARE
  a record;
  erwartet bytea := sha256('zielraum');
  naechste bigint := 1;
BEGIN
  FOR a IN SELECT x.id, x.lfd, x.hash FROM audit.aenderung x WHERE x.lfd IS NOT NULL ORDER BY x.lfd LOOP
    IF a.lfd <> naechste THEN
      RETURN QUERY SELECT naechste, 'Änderung fehlt'::text;
      RETURN;
    END IF;
    erwartet := sha256(erwartet || audit.inhalt(a.id));
    IF a.hash IS DISTINCT FROM erwartet THEN
      RETURN QUERY SELECT a.lfd, 'Siegel passt nicht zum Inhalt'::text;
      RETURN;
    END IF;
    naechste := naechste + 1;
  END LOOP;
  IF (SELECT k.lfd <> naechste - 1 OR k.hash IS DISTINCT FROM erwartet FROM audit.kopf k) THEN
    RETURN QUERY SELECT naechste, 'Kopf der Kette passt nicht'::text;
  END IF;
END $$;

CREATE FUNCTION audit.vor_aenderung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.seit := clock_timestamp();
  -- In oeffentlich the version is that of the working row it was copied from.
  IF TG_ARGV[0] = 'version' THEN
    NEW.version := OLD.version + 1;
  END IF;
  RETURN NEW;
END $$;

-- Arguments: columns of the history, select list for the audit row ('' = none), key expression.
CREATE FUNCTION audit.nach_anweisung() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  aenderung bigint := audit.laufende();
  relation text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
BEGIN
  IF TG_OP IN ('UPDATE', 'DELETE') THEN
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

-- Creates or renews history table and triggers of one table; call again after each ALTER.
CREATE FUNCTION audit.verfolge(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  schema_ name; tabelle name; spalten text; auswahl text; schluessel text; mit_version boolean; c record;
BEGIN
  SELECT n.nspname, k.relname INTO schema_, tabelle FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = rel;
  SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum),
         string_agg(CASE WHEN format_type(atttypid, NULL) = 'geometry'
           THEN format('encode(sha256(ST_AsEWKB(%1$I)), ''hex'') AS %1$I', attname) ELSE quote_ident(attname) END, ', ' ORDER BY attnum),
         bool_or(attname = 'version') AND schema_ <> 'oeffentlich'
    INTO spalten, auswahl, mit_version
    FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped;
  SELECT format('concat_ws(''/'', %s)', string_agg('x.' || quote_ident(a.attname), ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)))
    INTO schluessel
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = rel AND i.indisprimary;
  -- The public copy keeps its past, but its audit is the single publication row.
  IF schema_ = 'oeffentlich' THEN
    auswahl := '';
  END IF;

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
  FOR c IN SELECT attname, format_type(atttypid, atttypmod) AS typ FROM pg_attribute WHERE attrelid = rel AND attnum > 0 AND NOT attisdropped LOOP
    EXECUTE format('ALTER TABLE %I.%I ADD COLUMN IF NOT EXISTS %I %s', schema_, tabelle || '_historie', c.attname, c.typ);
  END LOOP;

  EXECUTE format('CREATE OR REPLACE TRIGGER audit_vor BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION audit.vor_aenderung(%L)', rel, CASE WHEN mit_version THEN 'version' ELSE '' END);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_neu AFTER INSERT ON %s REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L)', rel, spalten, auswahl, schluessel);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_geaendert AFTER UPDATE ON %s REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L)', rel, spalten, auswahl, schluessel);
  EXECUTE format('CREATE OR REPLACE TRIGGER audit_geloescht AFTER DELETE ON %s REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION audit.nach_anweisung(%L, %L, %L)', rel, spalten, auswahl, schluessel);
END $$;

-- kennung is the public address of a row: it never changes.
CREATE FUNCTION audit.kennung_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.kennung IS DISTINCT FROM OLD.kennung THEN
    RAISE EXCEPTION 'Die Kennung % ist unveränderlich.', OLD.kennung USING ERRCODE = 'ZR002';
  END IF;
  RETURN NEW;
END $$;

RESET ROLE;

-- Counters of the public world, complete: every table of oeffentlich counts its changes, also
-- those without an audit of their own (code tables, derived rows, plan content), and says which
-- keys changed, so that a snapshot reads these alone.
SET LOCAL ROLE zielraum_owner;

CREATE TABLE oeffentlich.geaendert (
  relation text NOT NULL,
  zaehler bigint NOT NULL,
  schluessel text COLLATE "C"
);
CREATE INDEX geaendert_zaehler ON oeffentlich.geaendert (relation, zaehler);
COMMENT ON TABLE oeffentlich.geaendert IS 'Geänderte Schlüssel je veröffentlichter Tabelle
Nur die letzten Änderungen; fehlt ein Zähler, ist alles neu zu lesen.';
COMMENT ON COLUMN oeffentlich.geaendert.relation IS 'Tabelle';
COMMENT ON COLUMN oeffentlich.geaendert.zaehler IS 'Zähler, mit dem die Änderung sichtbar wurde';
COMMENT ON COLUMN oeffentlich.geaendert.schluessel IS 'Schlüssel der geänderten Zeile
= und die Kennung; # und ihr SHA-256, wenn es die Zeile nicht mehr gibt: von Zurückgezogenem bleibt kein Name. Leer: nicht einzeln vermerkt, alles ist neu zu lesen.';

-- Until commit; versiegle takes them along.
CREATE TABLE audit.geaendert (
  aenderung_id bigint NOT NULL REFERENCES audit.aenderung,
  relation text NOT NULL,
  schluessel text COLLATE "C",
  CONSTRAINT geaendert_einmal UNIQUE NULLS NOT DISTINCT (aenderung_id, relation, schluessel)
);
COMMENT ON TABLE audit.geaendert IS 'Geänderte Schlüssel einer laufenden Änderung';
COMMENT ON COLUMN audit.geaendert.aenderung_id IS 'Änderung';
COMMENT ON COLUMN audit.geaendert.relation IS 'Tabelle';
COMMENT ON COLUMN audit.geaendert.schluessel IS 'Schlüssel der geänderten Zeile, wie in oeffentlich.geaendert';
GRANT SELECT, INSERT ON audit.geaendert TO zielraum_auth;

-- How a row that is gone is still told from others.
CREATE FUNCTION audit.verdeckt(kennung text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT '#' || encode(sha256(convert_to(kennung, 'UTF8')), 'hex') $$;

-- One step of a public counter, with what changed.
CREATE FUNCTION audit.zaehle_weiter(tabelle text, schluessel text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  n bigint;
BEGIN
  -- Come and gone in one transaction, or gone and come: no name may stay, and none may be missed.
  IF EXISTS (SELECT FROM unnest(zaehle_weiter.schluessel) k WHERE k LIKE '=%' AND audit.verdeckt(substr(k, 2)) = ANY (zaehle_weiter.schluessel)) THEN
    schluessel := ARRAY[NULL::text] || ARRAY(SELECT k FROM unnest(zaehle_weiter.schluessel) k WHERE k LIKE '#%');
  END IF;
  INSERT INTO oeffentlich.stand AS s (relation, zaehler, zeit) VALUES (tabelle, 1, clock_timestamp())
    ON CONFLICT (relation) DO UPDATE SET zaehler = s.zaehler + 1, zeit = excluded.zeit RETURNING s.zaehler INTO n;
  UPDATE oeffentlich.geaendert g SET schluessel = audit.verdeckt(substr(g.schluessel, 2))
    WHERE g.relation = tabelle AND g.schluessel LIKE '=%' AND audit.verdeckt(substr(g.schluessel, 2)) = ANY (zaehle_weiter.schluessel);
  INSERT INTO oeffentlich.geaendert (relation, zaehler, schluessel) SELECT tabelle, n, k FROM unnest(zaehle_weiter.schluessel) k;
  DELETE FROM oeffentlich.geaendert g WHERE g.relation = tabelle AND g.zaehler <= n - 100;
END $$;

-- Plan content comes and goes by whole partitions, which no trigger of the table sees.
CREATE OR REPLACE FUNCTION audit.beruehre(relation text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit.beruehrt (aenderung_id, relation) VALUES (audit.laufende(), relation) ON CONFLICT DO NOTHING;
  INSERT INTO audit.geaendert (aenderung_id, relation, schluessel)
    SELECT audit.laufende(), beruehre.relation, NULL FROM pg_class k WHERE k.oid = to_regclass(beruehre.relation) AND k.relkind = 'p' AND beruehre.relation LIKE 'oeffentlich.%'
    ON CONFLICT DO NOTHING
$$;

-- As in 0002; besides, the changed keys.
CREATE OR REPLACE FUNCTION audit.versiegle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
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
      PERFORM audit.zaehle_weiter(substr(r.relation, 13), (SELECT coalesce(array_agg(g.schluessel), ARRAY[NULL::text]) FROM audit.geaendert g WHERE g.aenderung_id = NEW.id AND g.relation = r.relation));
    END IF;
    PERFORM pg_notify('zielraum', r.relation || ':' || (SELECT s.zaehler FROM audit.stand s WHERE s.relation = r.relation));
  END LOOP;
  DELETE FROM audit.geaendert g WHERE g.aenderung_id = NEW.id;
  RETURN NULL;
END $$;

-- After each statement on a public table. Argument: the column others know the row by, '' = none.
-- A migration fills code tables without an author: it counts at once.
CREATE FUNCTION audit.zaehle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  nummer bigint := nullif(current_setting('zielraum.aenderung', true), '')::bigint;
  name_ text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
  keine boolean;
  viele constant int := 500;
  liste text[] := ARRAY[NULL::text];
BEGIN
  IF TG_OP <> 'TRUNCATE' THEN
    EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', CASE TG_OP WHEN 'DELETE' THEN 'alt' ELSE 'neu' END) INTO keine;
    IF keine THEN
      RETURN NULL;
    END IF;
    IF TG_ARGV[0] <> '' THEN
      EXECUTE format('SELECT CASE WHEN count(*) <= %s THEN array_agg(k) ELSE ARRAY[NULL::text] END FROM (SELECT DISTINCT k FROM (%s) x LIMIT %s) y', viele,
        CASE TG_OP WHEN 'INSERT' THEN format('SELECT ''='' || %I AS k FROM neu', TG_ARGV[0]) WHEN 'DELETE' THEN format('SELECT audit.verdeckt(%I) AS k FROM alt', TG_ARGV[0])
          ELSE format('SELECT ''='' || %1$I AS k FROM neu UNION ALL SELECT audit.verdeckt(%1$I) FROM alt WHERE NOT EXISTS (SELECT FROM neu n WHERE n.%1$I = alt.%1$I)', TG_ARGV[0]) END, viele + 1) INTO liste;
    END IF;
  END IF;
  IF nummer IS NULL OR NOT EXISTS (SELECT FROM audit.aenderung WHERE id = nummer AND transaktion = pg_current_xact_id_if_assigned()) THEN
    PERFORM audit.zaehle_weiter(TG_TABLE_NAME::text, ARRAY[NULL::text]);
    PERFORM pg_notify('zielraum', name_ || ':0');
    RETURN NULL;
  END IF;
  INSERT INTO audit.beruehrt (aenderung_id, relation) VALUES (nummer, name_) ON CONFLICT DO NOTHING;
  INSERT INTO audit.geaendert (aenderung_id, relation, schluessel) SELECT nummer, name_, k FROM unnest(liste) k ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

-- Puts the counting triggers on a public table; freigabe.spiegle calls it for each new one.
CREATE FUNCTION audit.zaehle_mit(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  spalte text;
BEGIN
  SELECT a.attname INTO spalte FROM pg_attribute a WHERE a.attrelid = rel AND NOT a.attisdropped AND a.attname IN ('kennung', 'kennzeichen') ORDER BY a.attname = 'kennung' DESC LIMIT 1;
  spalte := coalesce(spalte, '');
  EXECUTE format('CREATE OR REPLACE TRIGGER zaehl_neu AFTER INSERT ON %s REFERENCING NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.zaehle(%L)', rel, spalte);
  EXECUTE format('CREATE OR REPLACE TRIGGER zaehl_geaendert AFTER UPDATE ON %s REFERENCING OLD TABLE AS alt NEW TABLE AS neu FOR EACH STATEMENT EXECUTE FUNCTION audit.zaehle(%L)', rel, spalte);
  EXECUTE format('CREATE OR REPLACE TRIGGER zaehl_geloescht AFTER DELETE ON %s REFERENCING OLD TABLE AS alt FOR EACH STATEMENT EXECUTE FUNCTION audit.zaehle(%L)', rel, spalte);
  EXECUTE format('CREATE OR REPLACE TRIGGER zaehl_geleert AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.zaehle(%L)', rel, '');
END $$;

-- As in 0007; the copy counts its changes.
CREATE OR REPLACE FUNCTION freigabe.spiegle(rel regclass, ohne text[] DEFAULT '{}', partitioniert boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  name_ name; s text; c record;
BEGIN
  SELECT relname INTO name_ FROM pg_class WHERE oid = rel;
  EXECUTE format('CREATE TABLE oeffentlich.%I (LIKE %s INCLUDING COMMENTS INCLUDING INDEXES) %s', name_, rel,
    CASE WHEN partitioniert THEN 'PARTITION BY LIST (fassung_id)' ELSE '' END);
  EXECUTE format('COMMENT ON TABLE oeffentlich.%I IS %L', name_, obj_description(rel));
  FOREACH s IN ARRAY ohne LOOP
    EXECUTE format('ALTER TABLE oeffentlich.%I DROP COLUMN %I', name_, s);
  END LOOP;
  -- Foreign keys stay inside oeffentlich: a published row cannot point at a draft.
  FOR c IN SELECT k.conname, pg_get_constraintdef(k.oid) AS def, z.relname AS ziel FROM pg_constraint k JOIN pg_class z ON z.oid = k.confrelid
      WHERE k.conrelid = rel AND k.contype = 'f' AND to_regclass('oeffentlich.' || quote_ident(z.relname)) IS NOT NULL
        AND NOT EXISTS (SELECT FROM unnest(k.conkey) n JOIN pg_attribute a ON a.attrelid = rel AND a.attnum = n WHERE a.attname = ANY (ohne)) LOOP
    EXECUTE format('ALTER TABLE oeffentlich.%I ADD CONSTRAINT %I %s', name_, c.conname, regexp_replace(c.def, 'REFERENCES [a-z_]+\.', 'REFERENCES oeffentlich.'));
  END LOOP;
  PERFORM audit.zaehle_mit(format('oeffentlich.%I', name_)::regclass);
END $$;

SELECT audit.zaehle_mit(k.oid::regclass) FROM pg_class k
WHERE k.relnamespace = 'oeffentlich'::regnamespace AND k.relkind IN ('r', 'p') AND NOT k.relispartition AND k.relname !~ '_historie$' AND k.relname NOT IN ('stand', 'geaendert');

RESET ROLE;

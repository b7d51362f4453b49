-- Accounts, sessions, tokens; and what staff may read of the working schemas.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'zielraum_auth') THEN
    CREATE ROLE zielraum_auth LOGIN;
  END IF;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT zielraum_auth TO %I', current_user);
  END IF;
  -- Staff sees what the public sees; so a town's own table granted to the public needs no second grant.
  GRANT zielraum_public TO zielraum_staff;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO zielraum_auth', current_database());
END $$;

SET LOCAL ROLE zielraum_owner;

CREATE SCHEMA auth;
COMMENT ON SCHEMA auth IS 'Konten, Sitzungen, Zugangsschlüssel; allein für zielraum_auth';
GRANT USAGE ON SCHEMA auth, audit TO zielraum_auth;
ALTER DEFAULT PRIVILEGES IN SCHEMA auth GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zielraum_auth;
ALTER DEFAULT PRIVILEGES IN SCHEMA auth GRANT EXECUTE ON FUNCTIONS TO zielraum_auth;
-- What every change needs: author, note, seal.
GRANT SELECT, INSERT ON audit.aenderung, audit.zeile, audit.beruehrt TO zielraum_auth;
GRANT EXECUTE ON FUNCTION audit.beginne(text, text), audit.laufende(), audit.beruehre(text), audit.vermerke(text, text, text, jsonb) TO zielraum_auth;
-- Which Referat or Ortsteil an account belongs to is checked against these.
GRANT USAGE ON SCHEMA strategie, gemeinde TO zielraum_auth;
GRANT SELECT ON strategie.akteur, gemeinde.ortsteil TO zielraum_auth;

CREATE TABLE auth.rolle (
  schluessel text PRIMARY KEY,
  titel text NOT NULL,
  beschreibung text NOT NULL,
  reihenfolge int NOT NULL UNIQUE
);
COMMENT ON TABLE auth.rolle IS 'Rolle';
COMMENT ON COLUMN auth.rolle.schluessel IS 'Schlüssel';
COMMENT ON COLUMN auth.rolle.titel IS 'Titel';
COMMENT ON COLUMN auth.rolle.beschreibung IS 'Was die Rolle darf';
COMMENT ON COLUMN auth.rolle.reihenfolge IS 'Reihenfolge';
INSERT INTO auth.rolle VALUES
  ('stadtrat', 'Stadtrat', 'liest Veröffentlichtes, was zur Freigabe vorliegt, und nichtöffentliche Beschlüsse', 1),
  ('ortssprecher', 'Ortssprecher', 'liest Veröffentlichtes und die Entwürfe des eigenen Ortsteils, schlägt dort Maßnahmen vor', 2),
  ('fachamt', 'Fachamt', 'liest Veröffentlichtes und alles, wofür das eigene Referat zuständig ist, und bearbeitet es', 3),
  ('freigabe', 'Freigabe', 'liest alles, veröffentlicht und weist zurück', 4),
  ('stadtplanung', 'Stadtplanung', 'liest alles, bearbeitet Geometrien, Pläne und Fachdaten', 5),
  ('kaemmerei', 'Kämmerei', 'liest alles samt vertraulichen Beträgen, bearbeitet Haushalt und Förderung', 6),
  ('strategie', 'Strategie und Controlling', 'liest alles samt vertraulichen Beträgen, bearbeitet Ziele, Kennzahlen, Berichte', 7),
  ('admin', 'Verwaltung der Konten', 'legt Konten an und vergibt Rollen; liest keine Entwürfe', 8);

CREATE TABLE auth.konto (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  login text COLLATE "C" NOT NULL,
  name text NOT NULL,
  hash text,
  referat text,
  ortsteil text,
  issuer text,
  subject text,
  angelegt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  gesperrt_seit timestamptz,
  CONSTRAINT konto_login_eindeutig UNIQUE (login),
  CONSTRAINT konto_login_form CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,62}$'),
  CONSTRAINT konto_name_nicht_leer CHECK (name <> '' AND length(name) <= 200),
  CONSTRAINT konto_fremd_eindeutig UNIQUE (issuer, subject),
  CONSTRAINT konto_fremd_ganz CHECK ((issuer IS NULL) = (subject IS NULL))
);
COMMENT ON TABLE auth.konto IS 'Konto';
COMMENT ON COLUMN auth.konto.id IS 'Interne Nummer';
COMMENT ON COLUMN auth.konto.login IS 'Anmeldename';
COMMENT ON COLUMN auth.konto.name IS 'Anzeigename';
COMMENT ON COLUMN auth.konto.hash IS 'Kennwort als argon2id (PHC)
Leer: keine Anmeldung mit Kennwort.';
COMMENT ON COLUMN auth.konto.referat IS 'Referat
Kennung des Akteurs, für den ein Fachamt handelt.';
COMMENT ON COLUMN auth.konto.ortsteil IS 'Ortsteil
Kennung des Ortsteils, für den ein Ortssprecher handelt.';
COMMENT ON COLUMN auth.konto.issuer IS 'Anmeldedienst (OIDC)';
COMMENT ON COLUMN auth.konto.subject IS 'Kennung beim Anmeldedienst';
COMMENT ON COLUMN auth.konto.angelegt_am IS 'Angelegt';
COMMENT ON COLUMN auth.konto.gesperrt_seit IS 'Gesperrt seit';

CREATE TABLE auth.konto_rolle (
  konto_id uuid REFERENCES auth.konto ON DELETE CASCADE,
  rolle text REFERENCES auth.rolle,
  PRIMARY KEY (konto_id, rolle)
);
COMMENT ON TABLE auth.konto_rolle IS 'Rollen eines Kontos';
COMMENT ON COLUMN auth.konto_rolle.konto_id IS 'Konto';
COMMENT ON COLUMN auth.konto_rolle.rolle IS 'Rolle';

CREATE TABLE auth.kontakt (
  konto_id uuid PRIMARY KEY REFERENCES auth.konto ON DELETE CASCADE,
  email text,
  telefon text,
  geloescht_am timestamptz
);
COMMENT ON TABLE auth.kontakt IS 'Kontaktdaten
Personenbezogen, getrennt vom Konto; weder in Verlauf noch Protokoll.';
COMMENT ON COLUMN auth.kontakt.konto_id IS 'Konto';
COMMENT ON COLUMN auth.kontakt.email IS 'E-Mail [personenbezogen]';
COMMENT ON COLUMN auth.kontakt.telefon IS 'Telefon [personenbezogen]';
COMMENT ON COLUMN auth.kontakt.geloescht_am IS 'Gelöscht';

CREATE TABLE auth.sitzung (
  hash bytea PRIMARY KEY,
  konto_id uuid NOT NULL REFERENCES auth.konto ON DELETE CASCADE,
  begonnen timestamptz NOT NULL DEFAULT clock_timestamp(),
  zuletzt timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT sitzung_hash_laenge CHECK (length(hash) = 32)
);
CREATE INDEX sitzung_konto ON auth.sitzung (konto_id);
COMMENT ON TABLE auth.sitzung IS 'Sitzung';
COMMENT ON COLUMN auth.sitzung.hash IS 'SHA-256 der Sitzungsnummer';
COMMENT ON COLUMN auth.sitzung.konto_id IS 'Konto';
COMMENT ON COLUMN auth.sitzung.begonnen IS 'Begonnen';
COMMENT ON COLUMN auth.sitzung.zuletzt IS 'Zuletzt benutzt';

CREATE TABLE auth.geraet (
  hash bytea PRIMARY KEY,
  konto_id uuid NOT NULL REFERENCES auth.konto ON DELETE CASCADE,
  zuletzt timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX geraet_konto ON auth.geraet (konto_id);
COMMENT ON TABLE auth.geraet IS 'Bekanntes Gerät
Browser, an dem sich das Konto schon angemeldet hat: fremde Fehlversuche bremsen ihn nicht.';
COMMENT ON COLUMN auth.geraet.hash IS 'SHA-256 der Gerätenummer';
COMMENT ON COLUMN auth.geraet.konto_id IS 'Konto';
COMMENT ON COLUMN auth.geraet.zuletzt IS 'Letzte Anmeldung';

CREATE TABLE auth.token (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  konto_id uuid NOT NULL REFERENCES auth.konto ON DELETE CASCADE,
  hash bytea NOT NULL,
  anfang text NOT NULL,
  name text NOT NULL,
  umfang text[] NOT NULL,
  angelegt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  laeuft_ab timestamptz NOT NULL,
  zuletzt_am date,
  widerrufen_am timestamptz,
  CONSTRAINT token_hash_eindeutig UNIQUE (hash),
  CONSTRAINT token_name_nicht_leer CHECK (name <> '' AND length(name) <= 100),
  CONSTRAINT token_umfang CHECK (umfang <@ ARRAY['lesen', 'schreiben', 'import'] AND cardinality(umfang) > 0),
  CONSTRAINT token_hoechstens_ein_jahr CHECK (laeuft_ab <= angelegt_am + interval '366 days')
);
CREATE INDEX token_konto ON auth.token (konto_id);
COMMENT ON TABLE auth.token IS 'Zugangsschlüssel
Für QGIS und Skripte; gespeichert ist nur die Prüfsumme.';
COMMENT ON COLUMN auth.token.id IS 'Interne Nummer';
COMMENT ON COLUMN auth.token.konto_id IS 'Konto';
COMMENT ON COLUMN auth.token.hash IS 'SHA-256 des Schlüssels';
COMMENT ON COLUMN auth.token.anfang IS 'Erste Zeichen, zum Wiedererkennen';
COMMENT ON COLUMN auth.token.name IS 'Name';
COMMENT ON COLUMN auth.token.umfang IS 'Umfang
lesen, schreiben, import.';
COMMENT ON COLUMN auth.token.angelegt_am IS 'Angelegt';
COMMENT ON COLUMN auth.token.laeuft_ab IS 'Läuft ab';
COMMENT ON COLUMN auth.token.zuletzt_am IS 'Zuletzt benutzt';
COMMENT ON COLUMN auth.token.widerrufen_am IS 'Widerrufen';

CREATE TABLE auth.einmal_link (
  hash bytea PRIMARY KEY,
  angelegt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  laeuft_ab timestamptz NOT NULL
);
COMMENT ON TABLE auth.einmal_link IS 'Einmal-Link für das erste Konto';
COMMENT ON COLUMN auth.einmal_link.hash IS 'SHA-256 des Links';
COMMENT ON COLUMN auth.einmal_link.angelegt_am IS 'Angelegt';
COMMENT ON COLUMN auth.einmal_link.laeuft_ab IS 'Läuft ab';

CREATE TABLE auth.anmeldung (
  schluessel bytea PRIMARY KEY,
  fenster timestamptz NOT NULL DEFAULT clock_timestamp(),
  zahl int NOT NULL DEFAULT 0,
  folge int NOT NULL DEFAULT 0,
  frei_ab timestamptz
);
CREATE INDEX anmeldung_fenster ON auth.anmeldung (fenster);
COMMENT ON TABLE auth.anmeldung IS 'Anmeldeversuche
Je Konto, je Adresse, je Gerät; die Schlüssel sind Prüfsummen und verfallen nach einem Tag.';
COMMENT ON COLUMN auth.anmeldung.schluessel IS 'SHA-256 von Art und Name';
COMMENT ON COLUMN auth.anmeldung.fenster IS 'Beginn der Minute';
COMMENT ON COLUMN auth.anmeldung.zahl IS 'Versuche in dieser Minute';
COMMENT ON COLUMN auth.anmeldung.folge IS 'Versuche seit der letzten Anmeldung';
COMMENT ON COLUMN auth.anmeldung.frei_ab IS 'Nächster Versuch frühestens';

-- Takes one try out of every bucket, or none: seconds to wait (0 = go on). Counted before the
-- password is looked at, so that tries side by side cannot pass the limit; a success gives back.
CREATE FUNCTION auth.versuche(schluessel_ bytea[], grenzen int[], gebremst boolean[]) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  a auth.anmeldung; s record; jetzt timestamptz; warten interval := '0';
BEGIN
  DELETE FROM auth.anmeldung WHERE schluessel IN (
    SELECT schluessel FROM auth.anmeldung WHERE fenster < clock_timestamp() - interval '1 day' LIMIT 20 FOR UPDATE SKIP LOCKED);
  FOR s IN SELECT * FROM unnest(schluessel_, grenzen, gebremst) x (k, grenze, bremse) ORDER BY k LOOP
    -- Made or found, the row is locked until commit; in the order of the keys, so that none waits in a ring.
    INSERT INTO auth.anmeldung AS t (schluessel) VALUES (s.k) ON CONFLICT (schluessel) DO UPDATE SET zahl = t.zahl RETURNING t.* INTO a;
    jetzt := clock_timestamp();
    IF a.zahl >= s.grenze AND a.fenster + interval '1 minute' > jetzt THEN
      warten := greatest(warten, a.fenster + interval '1 minute' - jetzt);
    END IF;
    IF a.frei_ab > jetzt THEN
      warten := greatest(warten, a.frei_ab - jetzt);
    END IF;
  END LOOP;
  IF warten > interval '0' THEN
    RETURN ceil(extract(epoch FROM warten));
  END IF;
  UPDATE auth.anmeldung t SET
    zahl = CASE WHEN t.fenster + interval '1 minute' <= jetzt THEN 1 ELSE t.zahl + 1 END,
    fenster = CASE WHEN t.fenster + interval '1 minute' <= jetzt THEN jetzt ELSE t.fenster END,
    folge = t.folge + 1,
    -- 3 tries at once, then 1, 2, 4 … 60 seconds apart: a brake, never a lock.
    frei_ab = CASE WHEN x.bremse AND t.folge >= 2 THEN jetzt + least(60, 2 ^ least(t.folge - 2, 6)) * interval '1 second' END
  FROM unnest(schluessel_, gebremst) x (k, bremse) WHERE t.schluessel = x.k;
  RETURN 0;
END $$;

-- A success: the account starts anew, the address gets its try back.
CREATE FUNCTION auth.gelungen(konto_ bytea[], adresse_ bytea) RETURNS void LANGUAGE sql AS $$
  SELECT FROM auth.anmeldung WHERE schluessel = ANY (konto_ || adresse_) ORDER BY schluessel FOR UPDATE;
  DELETE FROM auth.anmeldung WHERE schluessel = ANY (konto_);
  UPDATE auth.anmeldung SET zahl = greatest(zahl - 1, 0), folge = greatest(folge - 1, 0) WHERE schluessel = adresse_;
$$;

-- ---------------------------------------------------------------------------------------------
-- Reading worlds of the staff. The session of the pool carries what its readers may see:
--   zielraum.umfang    words of: alles, veroeffentlicht, gremium, referat, ortsteil, betraege
--   zielraum.referat   kennung of the Akteur; zielraum.ortsteil kennung of the Ortsteil
-- A setting that is missing shows nothing.

CREATE FUNCTION freigabe.sieht(wort text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(wort = ANY (string_to_array(current_setting('zielraum.umfang', true), ',')), false)
$$;

-- Objects that are somebody's own: by Referat (and the offices below it) or by Ortsteil.
CREATE FUNCTION freigabe.eigene_von(art text, referat text, ortsteil text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
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
$$;

-- The same for the reader of the session. Runs as owner: it is asked inside the policies of
-- the very tables it reads.
CREATE FUNCTION freigabe.eigene(art text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT freigabe.eigene_von(art, CASE WHEN freigabe.sieht('referat') THEN current_setting('zielraum.referat', true) END,
    CASE WHEN freigabe.sieht('ortsteil') THEN current_setting('zielraum.ortsteil', true) END)
$$;
REVOKE EXECUTE ON FUNCTION freigabe.eigene(text) FROM zielraum_write;
GRANT EXECUTE ON FUNCTION freigabe.sieht(text), freigabe.eigene(text) TO zielraum_staff;

-- One row per protected table. `wurzel`: has a state of its own; else it is visible with
-- every protected row it points at. COPY is refused by PostgreSQL on such a table, so what
-- imports fill by COPY (areas, findings) is not here: it is reached through its Fassung.
CREATE TABLE freigabe.schutz (relation text PRIMARY KEY, wurzel boolean NOT NULL, gremium text NOT NULL DEFAULT 'false', bedingung text NOT NULL DEFAULT 'true');
COMMENT ON TABLE freigabe.schutz IS 'Tabellen, deren Entwürfe nicht jeder Angemeldete liest';
COMMENT ON COLUMN freigabe.schutz.relation IS 'Tabelle';
COMMENT ON COLUMN freigabe.schutz.wurzel IS 'Trägt einen eigenen Stand der Veröffentlichung';
COMMENT ON COLUMN freigabe.schutz.gremium IS 'Bedingung, unter der ein Gremium die Zeile auch sonst liest';
COMMENT ON COLUMN freigabe.schutz.bedingung IS 'Weitere Bedingung für alle';
INSERT INTO freigabe.schutz (relation, wurzel) SELECT relation, true FROM freigabe.art;
INSERT INTO freigabe.schutz (relation, wurzel) VALUES ('fnp.plan', true), ('fachdaten.fachobjekt', true);
INSERT INTO freigabe.schutz (relation, wurzel) SELECT DISTINCT relation, false FROM freigabe.teil;
INSERT INTO freigabe.schutz (relation, wurzel) VALUES ('fnp.plan_gemeinde', false), ('fnp.fassung', false), ('fnp.verweis', false), ('fnp.pruefung', false),
  ('strategie.massnahme_flaeche', false), ('strategie.massnahme_ortsteil', false) ON CONFLICT DO NOTHING;
UPDATE freigabe.schutz SET gremium = 'NOT oeffentlich' WHERE relation = 'strategie.beschluss';
UPDATE freigabe.schutz SET bedingung = 'NOT vertraulich OR (SELECT freigabe.sieht(''betraege''))' WHERE relation = 'haushalt.finanzwert';

-- Makes the policies of one row of freigabe.schutz anew; call it after a change there.
CREATE FUNCTION freigabe.schuetze(rel regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  s freigabe.schutz; sicht text; historie regclass; schema_ name; name_ name;
BEGIN
  SELECT n.nspname, k.relname INTO schema_, name_ FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace WHERE k.oid = rel;
  SELECT x.* INTO STRICT s FROM freigabe.schutz x WHERE x.relation::regclass = rel;
  IF s.wurzel THEN
    sicht := format('(SELECT freigabe.sieht(''alles''))
      OR veroeffentlichung = ''veroeffentlicht'' AND (SELECT freigabe.sieht(''veroeffentlicht''))
      OR (veroeffentlichung = ''in_freigabe'' OR (%s)) AND (SELECT freigabe.sieht(''gremium''))
      OR id IN (SELECT freigabe.eigene(%L))', s.gremium, name_);
  ELSE
    SELECT '(SELECT freigabe.sieht(''alles'')) OR ' || string_agg(format('(%1$I IS NULL OR %1$I IN (SELECT y.id FROM %2$s y))', a.attname, k.confrelid::regclass), ' AND ' ORDER BY a.attnum) INTO sicht
      FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
      WHERE k.conrelid = rel AND k.contype = 'f' AND cardinality(k.conkey) = 1
        AND k.confrelid IN (SELECT x.relation::regclass FROM freigabe.schutz x WHERE x.wurzel OR x.relation = 'fnp.fassung');
  END IF;
  IF sicht IS NULL THEN
    RAISE EXCEPTION 'freigabe.schutz: % zeigt auf keine geschützte Tabelle', rel;
  END IF;
  IF s.bedingung <> 'true' THEN
    sicht := format('((%s)) AND (%s)', sicht, s.bedingung);
  END IF;
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', rel);
  EXECUTE format('DROP POLICY IF EXISTS schreiber ON %s', rel);
  EXECUTE format('CREATE POLICY schreiber ON %s TO zielraum_write USING (true) WITH CHECK (true)', rel);
  EXECUTE format('DROP POLICY IF EXISTS leser ON %s', rel);
  EXECUTE format('CREATE POLICY leser ON %s FOR SELECT TO zielraum_staff USING (%s)', rel, sicht);
  -- The past is closed to a restricted reader: what was a draft then is one still.
  historie := to_regclass(format('%I.%I', schema_, name_ || '_historie'));
  IF historie IS NOT NULL THEN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', historie);
    EXECUTE format('DROP POLICY IF EXISTS schreiber ON %s', historie);
    EXECUTE format('CREATE POLICY schreiber ON %s TO zielraum_write USING (true) WITH CHECK (true)', historie);
    EXECUTE format('DROP POLICY IF EXISTS leser ON %s', historie);
    EXECUTE format('CREATE POLICY leser ON %s FOR SELECT TO zielraum_staff USING ((SELECT freigabe.sieht(''alles'')) AND (%s))', historie, s.bedingung);
  END IF;
END $$;
SELECT freigabe.schuetze(relation::regclass) FROM freigabe.schutz ORDER BY relation;

-- The audit keeps all values: whole only for who reads all; accounts only for nobody of the staff.
ALTER TABLE audit.zeile ENABLE ROW LEVEL SECURITY;
CREATE POLICY schreiber ON audit.zeile TO zielraum_write, zielraum_auth USING (true) WITH CHECK (true);
CREATE POLICY leser ON audit.zeile FOR SELECT TO zielraum_staff USING ((SELECT freigabe.sieht('alles'))
  AND relation NOT LIKE 'auth.%' AND (relation <> 'haushalt.finanzwert' OR (SELECT freigabe.sieht('betraege'))));

RESET ROLE;

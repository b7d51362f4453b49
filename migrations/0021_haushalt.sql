-- Money, as far as measures and village renewal need it: products, amounts, funding.
-- Amounts are EUR cents; every cost estimate is kept with its date.
SET LOCAL ROLE zielraum_owner;
CREATE SCHEMA haushalt;
COMMENT ON SCHEMA haushalt IS 'Produkte, Finanzwerte und Förderung';
GRANT USAGE ON SCHEMA haushalt TO zielraum_staff, zielraum_write;
ALTER DEFAULT PRIVILEGES IN SCHEMA haushalt GRANT SELECT ON TABLES TO zielraum_staff;
ALTER DEFAULT PRIVILEGES IN SCHEMA haushalt GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO zielraum_write;

CREATE OR REPLACE FUNCTION pg_temp.titel(tabelle text, titel text, spalten text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON TABLE haushalt.%I IS %L', tabelle, titel);
  FOR i IN 1 .. array_length(spalten, 1) LOOP
    EXECUTE format('COMMENT ON COLUMN haushalt.%I.%I IS %L', tabelle, spalten[i][1], spalten[i][2]);
  END LOOP;
END $$;

CREATE TABLE haushalt.produkt (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  nummer text NOT NULL,
  titel text NOT NULL,
  ebene text NOT NULL,
  uebergeordnet_id uuid REFERENCES haushalt.produkt DEFERRABLE INITIALLY DEFERRED,
  teilhaushalt text,
  rahmen_fassung text NOT NULL,
  akteur_id uuid REFERENCES strategie.akteur,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT produkt_titel_nicht_leer CHECK (titel <> ''),
  CONSTRAINT produkt_ebene CHECK (ebene IN ('produktbereich', 'produktgruppe', 'produkt')),
  -- A number has two digits for a Produktbereich, three for a Produktgruppe, more below; towns extend it.
  CONSTRAINT produkt_nummer_zur_ebene CHECK (nummer ~ '^[0-9][0-9.]*$' AND CASE ebene WHEN 'produktbereich' THEN length(nummer) = 2 WHEN 'produktgruppe' THEN length(nummer) = 3 ELSE length(nummer) > 3 END),
  CONSTRAINT produkt_nummer_einmal UNIQUE (rahmen_fassung, nummer)
);
SELECT pg_temp.titel('produkt', E'Produkt des Haushalts\nProduktbereich, Produktgruppe oder Produkt; die Nummer ist Text.', ARRAY[['id', 'Interne Nummer'], ['kennung', 'Kennung'], ['nummer', 'Nummer'], ['titel', 'Bezeichnung'],
  ['ebene', E'Ebene\nproduktbereich, produktgruppe oder produkt.'], ['uebergeordnet_id', 'Übergeordnet'], ['teilhaushalt', 'Teilhaushalt'], ['rahmen_fassung', 'Fassung des Produktrahmens'],
  ['akteur_id', 'Verantwortlich'], ['version', 'Version'], ['seit', 'Geändert am'], ['erstellt_am', 'Angelegt am']]);

ALTER TABLE strategie.ziel ADD COLUMN produkt_id uuid REFERENCES haushalt.produkt;
COMMENT ON COLUMN strategie.ziel.produkt_id IS 'Produkt';
ALTER TABLE strategie.massnahme ADD COLUMN produkt_id uuid REFERENCES haushalt.produkt;
COMMENT ON COLUMN strategie.massnahme.produkt_id IS 'Produkt';

CREATE TABLE haushalt.finanzwert (
  id uuid PRIMARY KEY,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  produkt_id uuid REFERENCES haushalt.produkt,
  jahr int,
  planfassung text NOT NULL,
  art text NOT NULL,
  betrag_ct bigint NOT NULL,
  stand date NOT NULL,
  quelle text,
  vertraulich boolean NOT NULL DEFAULT false,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT finanzwert_ein_gegenstand CHECK (num_nonnulls(massnahme_id, produkt_id) = 1),
  CONSTRAINT finanzwert_planfassung CHECK (planfassung IN ('kostenschaetzung', 'ansatz', 'nachtrag', 'finanzplan', 'ergebnis')),
  CONSTRAINT finanzwert_art CHECK (art IN ('aufwand', 'ertrag', 'investition', 'foerderung', 've', 'folgekosten')),
  CONSTRAINT finanzwert_jahr CHECK (jahr BETWEEN 1990 AND 2200),
  CONSTRAINT finanzwert_jahr_zur_planfassung CHECK (jahr IS NOT NULL OR planfassung = 'kostenschaetzung'),
  CONSTRAINT finanzwert_nicht_negativ CHECK (betrag_ct >= 0),
  CONSTRAINT finanzwert_einmal UNIQUE NULLS NOT DISTINCT (massnahme_id, produkt_id, jahr, planfassung, art, stand)
);
CREATE INDEX finanzwert_massnahme ON haushalt.finanzwert (massnahme_id);
SELECT pg_temp.titel('finanzwert', 'Finanzwert', ARRAY[['id', 'Interne Nummer'], ['massnahme_id', 'Maßnahme'], ['produkt_id', 'Produkt'], ['jahr', E'Jahr\nLeer = Gesamtkosten einer Schätzung.'],
  ['planfassung', E'Planfassung\nkostenschaetzung, ansatz, nachtrag, finanzplan oder ergebnis.'], ['art', E'Art\naufwand, ertrag, investition, foerderung, ve oder folgekosten (je Jahr).'],
  ['betrag_ct', E'Betrag [einheit ct]'], ['stand', 'Stand der Angabe'], ['quelle', 'Quelle'], ['vertraulich', E'Vertraulich\nWird nicht veröffentlicht.'], ['seit', 'Geändert am']]);

CREATE TABLE haushalt.foerderprogramm (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  titel text NOT NULL,
  geber text,
  quote numeric(5, 4),
  hoechstbetrag_ct bigint,
  rechtsgrundlage text,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT foerderprogramm_titel_nicht_leer CHECK (titel <> ''),
  CONSTRAINT foerderprogramm_quote CHECK (quote BETWEEN 0 AND 1)
);
SELECT pg_temp.titel('foerderprogramm', 'Förderprogramm', ARRAY[['id', 'Interne Nummer'], ['kennung', 'Kennung'], ['titel', 'Bezeichnung'], ['geber', 'Geber'], ['quote', E'Förderquote\n0 bis 1.'],
  ['hoechstbetrag_ct', E'Höchstbetrag [einheit ct]'], ['rechtsgrundlage', 'Rechtsgrundlage'], ['version', 'Version'], ['seit', 'Geändert am'], ['erstellt_am', 'Angelegt am']]);

CREATE TABLE haushalt.foerderung (
  id uuid PRIMARY KEY,
  programm_id uuid NOT NULL REFERENCES haushalt.foerderprogramm,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  gebiet_id uuid REFERENCES dorferneuerung.gebiet ON DELETE CASCADE,
  stand text NOT NULL,
  quote numeric(5, 4),
  betrag_ct bigint,
  bewilligt_am date,
  bindefrist date,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT foerderung_ein_gegenstand CHECK (num_nonnulls(massnahme_id, gebiet_id) = 1),
  CONSTRAINT foerderung_stand CHECK (stand IN ('geprueft', 'beantragt', 'bewilligt', 'abgerufen', 'abgelehnt')),
  CONSTRAINT foerderung_quote CHECK (quote BETWEEN 0 AND 1),
  CONSTRAINT foerderung_nicht_negativ CHECK (betrag_ct >= 0),
  CONSTRAINT foerderung_bewilligt_mit_datum CHECK (stand NOT IN ('bewilligt', 'abgerufen') OR bewilligt_am IS NOT NULL)
);
CREATE UNIQUE INDEX foerderung_einmal ON haushalt.foerderung (coalesce(massnahme_id, gebiet_id), programm_id);
SELECT pg_temp.titel('foerderung', 'Förderung', ARRAY[['id', 'Interne Nummer'], ['programm_id', 'Förderprogramm'], ['massnahme_id', 'Maßnahme'], ['gebiet_id', 'Dorferneuerungsgebiet'],
  ['stand', E'Stand\ngeprueft, beantragt, bewilligt, abgerufen oder abgelehnt.'], ['quote', E'Förderquote\n0 bis 1.'], ['betrag_ct', E'Betrag [einheit ct]'], ['bewilligt_am', 'Bewilligt am'],
  ['bindefrist', 'Bindefrist bis'], ['seit', 'Geändert am']]);

-- The procedure of a village-renewal area.
ALTER TABLE dorferneuerung.gebiet
  ADD COLUMN verfahren text,
  ADD COLUMN verfahrensnummer text,
  ADD COLUMN beantragt_am date,
  ADD COLUMN angeordnet_am date,
  ADD COLUMN abgeschlossen_am date,
  ADD COLUMN beschreibung text,
  ADD CONSTRAINT gebiet_verfahren CHECK (verfahren IN ('einfach', 'umfassend', 'ohne')),
  ADD CONSTRAINT gebiet_zeitfolge CHECK (angeordnet_am >= beantragt_am AND abgeschlossen_am >= angeordnet_am);
COMMENT ON COLUMN dorferneuerung.gebiet.verfahren IS E'Verfahren\neinfach (ohne FlurbG), umfassend (nach FlurbG) oder ohne.';
COMMENT ON COLUMN dorferneuerung.gebiet.verfahrensnummer IS 'Verfahrensnummer';
COMMENT ON COLUMN dorferneuerung.gebiet.beantragt_am IS 'Beantragt am';
COMMENT ON COLUMN dorferneuerung.gebiet.angeordnet_am IS 'Angeordnet am';
COMMENT ON COLUMN dorferneuerung.gebiet.abgeschlossen_am IS 'Abgeschlossen am';
COMMENT ON COLUMN dorferneuerung.gebiet.beschreibung IS 'Beschreibung';

CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON haushalt.produkt FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt();
CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON haushalt.foerderprogramm FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt();
SELECT audit.verfolge(t::regclass) FROM unnest(ARRAY['haushalt.produkt', 'haushalt.finanzwert', 'haushalt.foerderprogramm', 'haushalt.foerderung',
  'strategie.ziel', 'strategie.massnahme', 'dorferneuerung.gebiet']) t;

-- Legal transitions are rows, so that a town can widen them.
CREATE TABLE strategie.uebergang (achse text, von text, nach text, PRIMARY KEY (achse, von, nach),
  CONSTRAINT uebergang_achse CHECK (achse IN ('beschlussstand', 'umsetzungsphase', 'veroeffentlichung')));
COMMENT ON TABLE strategie.uebergang IS 'Erlaubter Übergang';
COMMENT ON COLUMN strategie.uebergang.achse IS E'Achse\nbeschlussstand, umsetzungsphase oder veroeffentlichung.';
COMMENT ON COLUMN strategie.uebergang.von IS 'Von';
COMMENT ON COLUMN strategie.uebergang.nach IS 'Nach';
INSERT INTO strategie.uebergang SELECT 'beschlussstand', v.von, unnest(v.nach) FROM (VALUES
  ('idee', '{geprueft,vorgeschlagen,abgelehnt,zurueckgestellt}'::text[]), ('geprueft', '{idee,vorgeschlagen,abgelehnt,zurueckgestellt}'),
  ('vorgeschlagen', '{geprueft,beschlossen,abgelehnt,zurueckgestellt}'), ('beschlossen', '{vorgeschlagen,im_haushalt,abgelehnt,zurueckgestellt}'),
  ('im_haushalt', '{beschlossen,zurueckgestellt}'), ('abgelehnt', '{idee,vorgeschlagen}'), ('zurueckgestellt', '{idee,geprueft,vorgeschlagen,beschlossen,abgelehnt}')) v (von, nach);
-- A phase moves on as far as it likes; back only where work is really taken up again.
INSERT INTO strategie.uebergang SELECT 'umsetzungsphase', a.schluessel, b.schluessel FROM strategie.umsetzungsphase a JOIN strategie.umsetzungsphase b ON b.reihenfolge > a.reihenfolge
  UNION SELECT 'umsetzungsphase', v.von, v.nach FROM (VALUES ('vorbereitung', 'nicht_begonnen'), ('planung', 'vorbereitung'), ('genehmigung', 'planung'), ('vergabe', 'planung'), ('vergabe', 'genehmigung'),
    ('umsetzung', 'planung'), ('umsetzung', 'vergabe'), ('betrieb', 'umsetzung'), ('abgeschlossen', 'umsetzung'), ('abgeschlossen', 'betrieb')) v (von, nach);
INSERT INTO strategie.uebergang SELECT 'veroeffentlichung', v.von, unnest(v.nach) FROM (VALUES
  ('entwurf', '{in_freigabe,intern,veroeffentlicht,archiviert}'::text[]), ('in_freigabe', '{entwurf,intern,veroeffentlicht}'), ('intern', '{entwurf,in_freigabe,veroeffentlicht,archiviert}'),
  ('veroeffentlicht', '{entwurf,in_freigabe,intern,archiviert}'), ('archiviert', '{entwurf,intern}')) v (von, nach);

CREATE FUNCTION strategie.pruefe_uebergang() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  achse_ text; alt jsonb := to_jsonb(OLD); neu jsonb := to_jsonb(NEW);
BEGIN
  FOREACH achse_ IN ARRAY TG_ARGV LOOP
    IF alt ->> achse_ <> neu ->> achse_ AND NOT EXISTS (SELECT FROM strategie.uebergang u WHERE u.achse = achse_ AND u.von = alt ->> achse_ AND u.nach = neu ->> achse_) THEN
      RAISE EXCEPTION 'Maßnahme %: beim Feld „%“ führt von „%“ nach „%“ kein Weg. Möglich ist: %.', neu ->> 'kennung', achse_, alt ->> achse_, neu ->> achse_,
        coalesce((SELECT string_agg(u.nach, ', ' ORDER BY u.nach) FROM strategie.uebergang u WHERE u.achse = achse_ AND u.von = alt ->> achse_), 'nichts') USING ERRCODE = 'ZR004';
    END IF;
  END LOOP;
  RETURN NEW;
END $$;
CREATE TRIGGER uebergang BEFORE UPDATE OF beschlussstand, umsetzungsphase, veroeffentlichung ON strategie.massnahme
  FOR EACH ROW EXECUTE FUNCTION strategie.pruefe_uebergang('beschlussstand', 'umsetzungsphase', 'veroeffentlichung');

-- What a state rests on, asked at commit so that measure and proof may come in any order.
CREATE FUNCTION strategie.pruefe_nachweis() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  m strategie.massnahme;
BEGIN
  SELECT * INTO m FROM strategie.massnahme
    WHERE id = CASE TG_TABLE_NAME WHEN 'massnahme' THEN to_jsonb(NEW) ->> 'id' ELSE to_jsonb(OLD) ->> 'massnahme_id' END::uuid;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF m.beschlussstand IN ('beschlossen', 'im_haushalt') AND NOT EXISTS (SELECT FROM strategie.beschluss_bezug b WHERE b.massnahme_id = m.id AND b.wirkung <> 'lehnt_ab') THEN
    RAISE EXCEPTION 'Die Maßnahme % ist „%“, aber kein Beschluss ist mit ihr verknüpft. Bitte den Beschluss angeben oder einen früheren Beschlussstand wählen.', m.kennung, m.beschlussstand USING ERRCODE = 'ZR005';
  END IF;
  IF m.beschlussstand = 'im_haushalt' AND NOT EXISTS (SELECT FROM haushalt.finanzwert f WHERE f.massnahme_id = m.id AND f.planfassung <> 'kostenschaetzung') THEN
    RAISE EXCEPTION 'Die Maßnahme % ist „im_haushalt“, hat aber keinen Finanzwert (Ansatz, Nachtrag oder Finanzplan). Bitte den Betrag angeben.', m.kennung USING ERRCODE = 'ZR005';
  END IF;
  IF m.umsetzungsphase = 'abgeschlossen' AND coalesce(m.schlussbewertung, '') = '' THEN
    RAISE EXCEPTION 'Die Maßnahme % ist abgeschlossen, aber ohne Schlussbewertung. Bitte einen Satz dazu angeben.', m.kennung USING ERRCODE = 'ZR005';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER nachweis AFTER INSERT OR UPDATE OF beschlussstand, umsetzungsphase, schlussbewertung ON strategie.massnahme
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategie.pruefe_nachweis();
CREATE CONSTRAINT TRIGGER nachweis AFTER UPDATE OR DELETE ON strategie.beschluss_bezug
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategie.pruefe_nachweis();
CREATE CONSTRAINT TRIGGER nachweis AFTER UPDATE OR DELETE ON haushalt.finanzwert
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION strategie.pruefe_nachweis();
RESET ROLE;

-- The whole strategy: versions, guidelines, milestones, indicators with values, trends,
-- sector plans with provenance, actors, decisions, SDG. One pattern for every table:
-- K = id uuid, kennung (immutable), nummer (may change), version, publication.
SET LOCAL ROLE zielraum_owner;

-- Code tables: title, order and sign belong to the town, the key to the program.
CREATE FUNCTION pg_temp.codetabelle(name text, titel text, zeilen text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  i int;
BEGIN
  EXECUTE format('CREATE TABLE strategie.%I (schluessel text PRIMARY KEY, titel text NOT NULL, symbol text, farbe text, reihenfolge int NOT NULL UNIQUE)', name);
  EXECUTE format('COMMENT ON TABLE strategie.%I IS %L', name, titel);
  EXECUTE format('COMMENT ON COLUMN strategie.%I.schluessel IS ''Schlüssel''', name);
  EXECUTE format('COMMENT ON COLUMN strategie.%I.titel IS ''Bezeichnung''', name);
  EXECUTE format('COMMENT ON COLUMN strategie.%I.symbol IS ''Zeichen''', name);
  EXECUTE format('COMMENT ON COLUMN strategie.%I.farbe IS ''Farbe''', name);
  EXECUTE format('COMMENT ON COLUMN strategie.%I.reihenfolge IS ''Reihenfolge''', name);
  FOR i IN 1 .. array_length(zeilen, 1) LOOP
    EXECUTE format('INSERT INTO strategie.%I (schluessel, titel, reihenfolge) VALUES ($1, $2, $3)', name) USING zeilen[i][1], zeilen[i][2], i;
  END LOOP;
END $$;
SELECT pg_temp.codetabelle('fassungszustand', 'Zustand der Strategiefassung', ARRAY[['entwurf', 'Entwurf'], ['beschlossen', 'Beschlossen'], ['in_fortschreibung', 'In Fortschreibung'], ['abgeloest', 'Abgelöst']]),
  pg_temp.codetabelle('zielzustand', 'Zustand des Ziels', ARRAY[['entwurf', 'Entwurf'], ['beschlossen', 'Beschlossen'], ['erreicht', 'Erreicht'], ['aufgegeben', 'Aufgegeben'], ['abgeloest', 'Abgelöst']]),
  pg_temp.codetabelle('teilschrittzustand', 'Zustand des Teilschritts', ARRAY[['offen', 'Offen'], ['in_arbeit', 'In Arbeit'], ['erledigt', 'Erledigt'], ['entfallen', 'Entfallen']]),
  pg_temp.codetabelle('kennzahl_art', 'Art der Kennzahl', ARRAY[['wirkung', 'Wirkung'], ['leistung', 'Leistung'], ['finanz', 'Finanzen'], ['struktur', 'Struktur']]),
  pg_temp.codetabelle('akteur_art', 'Art des Akteurs', ARRAY[['amt', 'Referat oder Amt'], ['stadtrat', 'Stadtrat'], ['ausschuss', 'Ausschuss'], ['eigenbetrieb', 'Eigenbetrieb'], ['verein', 'Verein'],
    ['unternehmen', 'Unternehmen'], ['behoerde', 'Behörde'], ['buerger', 'Arbeitskreis von Bürgerinnen und Bürgern']]),
  pg_temp.codetabelle('fachplan_typ', 'Art des Fachplans', ARRAY[['isek', 'Integriertes städtebauliches Entwicklungskonzept'], ['kekis', 'Kulturentwicklungskonzept'], ['soziale_stadt', 'Soziale Stadt'],
    ['klimaschutz', 'Klimaschutzkonzept'], ['schule', 'Schulentwicklungsplan'], ['verkehr', 'Verkehrsentwicklungsplan'], ['dorf', 'Dorfentwicklungskonzept'], ['landschaft', 'Landschaftsplan'],
    ['fnp', 'Flächennutzungsplan'], ['regional', 'Regionalplan'], ['sonstiger', 'Sonstiger Plan']]),
  pg_temp.codetabelle('verbindlichkeit', 'Verbindlichkeit', ARRAY[['informell', 'Informell'], ['selbstbindend', 'Selbstbindend'], ['rechtsverbindlich', 'Rechtsverbindlich']]),
  pg_temp.codetabelle('aktualitaet', 'Alter der Angaben', ARRAY[['aktuell', 'Aktuell'], ['faellig', 'Fortschreibung fällig'], ['veraltet', 'Veraltet'], ['ohne', 'Ohne Angabe'], ['ruht', 'Ruht']]);

CREATE TABLE strategie.sdg (nummer int PRIMARY KEY, titel text NOT NULL, farbe text NOT NULL, CONSTRAINT sdg_nummer CHECK (nummer BETWEEN 1 AND 17));
COMMENT ON TABLE strategie.sdg IS 'Nachhaltigkeitsziel der Vereinten Nationen (SDG)';
COMMENT ON COLUMN strategie.sdg.nummer IS 'Nummer';
COMMENT ON COLUMN strategie.sdg.titel IS 'Bezeichnung';
COMMENT ON COLUMN strategie.sdg.farbe IS 'Farbe';
INSERT INTO strategie.sdg VALUES
  (1, 'Keine Armut', '#E5243B'), (2, 'Kein Hunger', '#DDA63A'), (3, 'Gesundheit und Wohlergehen', '#4C9F38'), (4, 'Hochwertige Bildung', '#C5192D'),
  (5, 'Geschlechtergleichheit', '#FF3A21'), (6, 'Sauberes Wasser und Sanitäreinrichtungen', '#26BDE2'), (7, 'Bezahlbare und saubere Energie', '#FCC30B'),
  (8, 'Menschenwürdige Arbeit und Wirtschaftswachstum', '#A21942'), (9, 'Industrie, Innovation und Infrastruktur', '#FD6925'), (10, 'Weniger Ungleichheiten', '#DD1367'),
  (11, 'Nachhaltige Städte und Gemeinden', '#FD9D24'), (12, 'Nachhaltiger Konsum und nachhaltige Produktion', '#BF8B2E'), (13, 'Maßnahmen zum Klimaschutz', '#3F7E44'),
  (14, 'Leben unter Wasser', '#0A97D9'), (15, 'Leben an Land', '#56C02B'), (16, 'Frieden, Gerechtigkeit und starke Institutionen', '#00689D'), (17, 'Partnerschaften zur Erreichung der Ziele', '#19486A');

-- Thresholds are the town's: what counts as late, what as old.
CREATE TABLE strategie.schwelle (schluessel text PRIMARY KEY, wert numeric NOT NULL, titel text NOT NULL, erlaeuterung text NOT NULL);
COMMENT ON TABLE strategie.schwelle IS 'Schwelle';
COMMENT ON COLUMN strategie.schwelle.schluessel IS 'Schlüssel';
COMMENT ON COLUMN strategie.schwelle.wert IS 'Wert';
COMMENT ON COLUMN strategie.schwelle.titel IS 'Bezeichnung';
COMMENT ON COLUMN strategie.schwelle.erlaeuterung IS 'Erläuterung';
INSERT INTO strategie.schwelle VALUES
  ('im_plan_ab', -0.05, 'Im Plan ab', 'Abweichung vom Soll-Pfad, bezogen auf den Weg von der Basis zum Ziel; darunter verzögert.'),
  ('verzoegert_ab', -0.20, 'Verzögert ab', 'Abweichung vom Soll-Pfad; darunter gefährdet.'),
  ('ueberfaellig_tage', 90, 'Gefährdet nach Tagen', 'So viele Tage nach Fälligkeit gilt ein offener Teilschritt als gefährdet, vorher als verzögert.'),
  ('gewicht_massnahmen', 0.25, 'Gewicht der Maßnahmen', 'Anteil der Umsetzung an der Zielerreichung, 0 bis 1; der Rest sind die Kennzahlen.'),
  ('faellig_faktor', 1.25, 'Fortschreibung fällig nach', 'Vielfaches des Turnus seit dem letzten Wert.'),
  ('veraltet_faktor', 2, 'Veraltet nach', 'Vielfaches des Turnus seit dem letzten Wert.'),
  ('massnahme_faellig_monate', 12, 'Maßnahme fällig nach Monaten', 'Monate seit der letzten Änderung einer laufenden Maßnahme.'),
  ('massnahme_veraltet_monate', 24, 'Maßnahme veraltet nach Monaten', 'Monate seit der letzten Änderung einer laufenden Maßnahme.'),
  ('horizont_kurz_jahre', 3, 'Kurzfristig bis Jahre', 'Zeithorizont nach dem geplanten Ende.'),
  ('horizont_mittel_jahre', 7, 'Mittelfristig bis Jahre', 'Zeithorizont nach dem geplanten Ende; danach langfristig.');

-- K: the columns, titles and triggers every entity has.
CREATE FUNCTION pg_temp.entitaet(name text, spalten text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  c record;
BEGIN
  EXECUTE format('CREATE TABLE strategie.%1$I (
    id uuid PRIMARY KEY,
    kennung text COLLATE "C" NOT NULL UNIQUE,
    nummer text,
    titel text NOT NULL,
    %2$s,
    version int NOT NULL DEFAULT 1,
    seit timestamptz NOT NULL DEFAULT clock_timestamp(),
    erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
    veroeffentlichung text NOT NULL DEFAULT ''entwurf'' REFERENCES freigabe.zustand,
    CONSTRAINT %3$I CHECK (titel <> ''''))', name, spalten, name || '_titel_nicht_leer');
  FOR c IN SELECT * FROM (VALUES ('id', 'Interne Nummer'), ('kennung', 'Kennung'), ('nummer', 'Nummer'), ('titel', 'Titel'), ('version', 'Version'),
      ('seit', 'Geändert am'), ('erstellt_am', 'Angelegt am'), ('veroeffentlichung', 'Veröffentlichung [code freigabe.zustand]')) v(spalte, titel) LOOP
    EXECUTE format('COMMENT ON COLUMN strategie.%I.%I IS %L', name, c.spalte, c.titel);
  END LOOP;
  EXECUTE format('CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON strategie.%I FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt()', name);
END $$;
CREATE FUNCTION pg_temp.titel(tabelle text, titel text, spalten text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('COMMENT ON TABLE strategie.%I IS %L', tabelle, titel);
  FOR i IN 1 .. coalesce(array_length(spalten, 1), 0) LOOP
    EXECUTE format('COMMENT ON COLUMN strategie.%I.%I IS %L', tabelle, spalten[i][1], spalten[i][2]);
  END LOOP;
END $$;

-- Who and what was decided first: others point at them.
SELECT pg_temp.entitaet('akteur', $s$
  art text NOT NULL REFERENCES strategie.akteur_art,
  uebergeordnet_id uuid REFERENCES strategie.akteur DEFERRABLE INITIALLY DEFERRED,
  anschrift text,
  CONSTRAINT akteur_nicht_sich_selbst CHECK (uebergeordnet_id <> id)$s$),
  pg_temp.titel('akteur', E'Akteur\nRollen und Stellen; Namen von Personen stehen hier nicht.', ARRAY[['art', 'Art [code strategie.akteur_art]'], ['uebergeordnet_id', 'Übergeordnete Stelle'], ['anschrift', 'Anschrift']]);

SELECT pg_temp.entitaet('beschluss', $s$
  gremium text NOT NULL,
  datum date NOT NULL,
  drucksache text,
  top text,
  ergebnis text NOT NULL DEFAULT 'angenommen',
  oeffentlich boolean NOT NULL DEFAULT true,
  url text,
  CONSTRAINT beschluss_ergebnis CHECK (ergebnis IN ('angenommen', 'geaendert_angenommen', 'abgelehnt', 'vertagt', 'zur_kenntnis')),
  CONSTRAINT beschluss_url CHECK (url ~ '^https?://')$s$),
  pg_temp.titel('beschluss', E'Beschluss\nMit den Feldern von OParl (Paper, AgendaItem, Meeting).', ARRAY[['gremium', 'Gremium'], ['datum', 'Datum'], ['drucksache', 'Drucksache'], ['top', 'Tagesordnungspunkt'],
    ['ergebnis', 'Ergebnis'], ['oeffentlich', E'Öffentlich gefasst\nNicht öffentliche Beschlüsse werden nie veröffentlicht.'], ['url', 'Adresse']]);

SELECT pg_temp.entitaet('strategie', $s$
  kurztext text,
  gemeinde_id int REFERENCES gemeinde.gemeinde$s$),
  pg_temp.titel('strategie', 'Gesamtstrategie', ARRAY[['kurztext', 'Kurztext'], ['gemeinde_id', 'Gemeinde']]);

SELECT pg_temp.entitaet('strategiefassung', $s$
  strategie_id uuid NOT NULL REFERENCES strategie.strategie,
  zeithorizont int,
  gueltig daterange,
  vorgaenger_id uuid REFERENCES strategie.strategiefassung,
  zustand text NOT NULL DEFAULT 'entwurf' REFERENCES strategie.fassungszustand,
  CONSTRAINT strategiefassung_zeithorizont CHECK (zeithorizont BETWEEN 1990 AND 2200),
  CONSTRAINT strategiefassung_beschlossen_mit_beginn CHECK (zustand <> 'beschlossen' OR lower(gueltig) IS NOT NULL),
  CONSTRAINT strategiefassung_gueltig_getrennt EXCLUDE USING gist (strategie_id WITH =, gueltig WITH &&) WHERE (zustand = 'beschlossen')$s$),
  pg_temp.titel('strategiefassung', 'Fassung der Strategie', ARRAY[['strategie_id', 'Strategie'], ['zeithorizont', 'Zeithorizont (Jahr)'], ['gueltig', 'Gültig'],
    ['vorgaenger_id', 'Vorige Fassung'], ['zustand', 'Zustand [code strategie.fassungszustand]']]);

SELECT pg_temp.entitaet('leitlinie', $s$
  strategiefassung_id uuid NOT NULL REFERENCES strategie.strategiefassung,
  text text,
  rang int NOT NULL DEFAULT 0$s$),
  pg_temp.titel('leitlinie', 'Leitlinie', ARRAY[['strategiefassung_id', 'Fassung der Strategie'], ['text', 'Text'], ['rang', 'Rang']]);

ALTER TABLE strategie.handlungsfeld ADD COLUMN kurztext text, ADD COLUMN akteur_id uuid REFERENCES strategie.akteur;
COMMENT ON COLUMN strategie.handlungsfeld.kurztext IS 'Kurztext';
COMMENT ON COLUMN strategie.handlungsfeld.akteur_id IS 'Patenschaft';

ALTER TABLE strategie.ziel
  ADD COLUMN strategiefassung_id uuid REFERENCES strategie.strategiefassung,
  ADD COLUMN gewicht numeric(5, 2) NOT NULL DEFAULT 1,
  ADD COLUMN zustand text NOT NULL DEFAULT 'entwurf' REFERENCES strategie.zielzustand,
  ADD CONSTRAINT ziel_gewicht CHECK (gewicht >= 0);
COMMENT ON COLUMN strategie.ziel.strategiefassung_id IS 'Fassung der Strategie';
COMMENT ON COLUMN strategie.ziel.gewicht IS 'Gewicht';
COMMENT ON COLUMN strategie.ziel.zustand IS 'Zustand [code strategie.zielzustand]';

ALTER TABLE strategie.massnahme
  ADD COLUMN ampel_manuell boolean NOT NULL DEFAULT false,
  ADD COLUMN ampel_grund text,
  ADD COLUMN schlussbewertung text,
  ADD COLUMN zusatznutzen text;
-- What was delivered before was set by hand: it stays, with a reason that says so.
DO $$
BEGIN
  IF EXISTS (SELECT FROM strategie.massnahme WHERE ampel <> 'unbekannt') THEN
    PERFORM audit.beginne('Zielraum', 'Neue Fassung des Programms: gesetzte Ampeln erhalten einen Grund');
    UPDATE strategie.massnahme SET ampel_manuell = true, ampel_grund = 'Aus einer früheren Lieferung übernommen.' WHERE ampel <> 'unbekannt';
    SET CONSTRAINTS ALL IMMEDIATE;
  END IF;
END $$;
ALTER TABLE strategie.massnahme
  ADD CONSTRAINT massnahme_ampel_mit_grund CHECK (NOT ampel_manuell OR coalesce(ampel_grund, '') <> '');
COMMENT ON COLUMN strategie.massnahme.ampel IS E'Von Hand gesetzte Ampel [code strategie.ampel]\nGilt nur mit ampel_manuell; sonst wird sie abgeleitet.';
COMMENT ON COLUMN strategie.massnahme.ampel_manuell IS 'Ampel von Hand gesetzt';
COMMENT ON COLUMN strategie.massnahme.ampel_grund IS 'Grund der gesetzten Ampel';
COMMENT ON COLUMN strategie.massnahme.schlussbewertung IS 'Schlussbewertung';
COMMENT ON COLUMN strategie.massnahme.zusatznutzen IS 'Zusatznutzen';

SELECT pg_temp.entitaet('teilschritt', $s$
  massnahme_id uuid NOT NULL REFERENCES strategie.massnahme ON DELETE CASCADE,
  faellig_am date,
  erledigt_am date,
  zustand text NOT NULL DEFAULT 'offen' REFERENCES strategie.teilschrittzustand,
  gewicht numeric(5, 2) NOT NULL DEFAULT 1,
  CONSTRAINT teilschritt_erledigt_mit_datum CHECK ((zustand = 'erledigt') = (erledigt_am IS NOT NULL)),
  CONSTRAINT teilschritt_gewicht CHECK (gewicht > 0)$s$),
  pg_temp.titel('teilschritt', 'Teilschritt einer Maßnahme', ARRAY[['massnahme_id', 'Maßnahme'], ['faellig_am', 'Fällig am'], ['erledigt_am', 'Erledigt am'],
    ['zustand', 'Zustand [code strategie.teilschrittzustand]'], ['gewicht', 'Gewicht']]);
CREATE INDEX teilschritt_massnahme ON strategie.teilschritt (massnahme_id);

SELECT pg_temp.entitaet('kennzahl', $s$
  definition text,
  einheit text NOT NULL,
  art text NOT NULL DEFAULT 'wirkung' REFERENCES strategie.kennzahl_art,
  richtung text NOT NULL,
  korridor numrange,
  turnus_monate int NOT NULL DEFAULT 12,
  quelle text,
  berechnung text,
  nachkomma smallint NOT NULL DEFAULT 1,
  summierbar boolean NOT NULL DEFAULT false,
  ruht boolean NOT NULL DEFAULT false,
  CONSTRAINT kennzahl_richtung CHECK (richtung IN ('steigt', 'sinkt', 'korridor')),
  CONSTRAINT kennzahl_korridor CHECK ((richtung = 'korridor') = (korridor IS NOT NULL) AND (korridor IS NULL OR num_nonnulls(lower(korridor), upper(korridor)) > 0)),
  CONSTRAINT kennzahl_turnus CHECK (turnus_monate BETWEEN 1 AND 240),
  CONSTRAINT kennzahl_nachkomma CHECK (nachkomma BETWEEN 0 AND 6)$s$),
  pg_temp.titel('kennzahl', 'Kennzahl', ARRAY[['definition', 'Definition'], ['einheit', 'Einheit'], ['art', 'Art [code strategie.kennzahl_art]'],
    ['richtung', E'Gewünschte Richtung\nsteigt, sinkt oder korridor.'], ['korridor', 'Korridor'], ['turnus_monate', 'Turnus [einheit Monate]'], ['quelle', 'Quelle'], ['berechnung', 'Berechnung'],
    ['nachkomma', 'Nachkommastellen'], ['summierbar', E'Summierbar\nWerte der Ortsteile ergeben zusammen den der Stadt.'], ['ruht', 'Ruht']]);

CREATE TABLE strategie.kennzahlwert (
  id uuid PRIMARY KEY,
  kennzahl_id uuid NOT NULL REFERENCES strategie.kennzahl ON DELETE CASCADE,
  ortsteil_id int REFERENCES gemeinde.ortsteil,
  stichtag date NOT NULL,
  art text NOT NULL,
  wert numeric NOT NULL,
  status text NOT NULL DEFAULT 'geprueft',
  quelle text,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT kennzahlwert_art CHECK (art IN ('ist', 'soll', 'prognose', 'basis')),
  CONSTRAINT kennzahlwert_status CHECK (status IN ('vorlaeufig', 'geprueft')),
  CONSTRAINT kennzahlwert_endlich CHECK (wert NOT IN ('NaN', 'Infinity', '-Infinity')),
  CONSTRAINT kennzahlwert_einmal UNIQUE NULLS NOT DISTINCT (kennzahl_id, ortsteil_id, stichtag, art)
);
CREATE INDEX kennzahlwert_ortsteil ON strategie.kennzahlwert (ortsteil_id);
-- One place of one indicator; −1 is the whole town.
CREATE INDEX kennzahlwert_raum ON strategie.kennzahlwert (kennzahl_id, coalesce(ortsteil_id, -1), art, stichtag);
SELECT pg_temp.titel('kennzahlwert', 'Wert einer Kennzahl', ARRAY[['id', 'Interne Nummer'], ['kennzahl_id', 'Kennzahl'], ['ortsteil_id', E'Ortsteil\nLeer = ganze Stadt.'], ['stichtag', 'Stichtag'],
  ['art', E'Art\nist, soll, prognose oder basis.'], ['wert', 'Wert'], ['status', E'Status\nvorlaeufig oder geprueft.'], ['quelle', 'Quelle'], ['seit', 'Stand']]);

-- Links. The owner's publication carries them; a link whose other end is a draft waits.
CREATE TABLE strategie.ziel_kennzahl (
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  kennzahl_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  gewicht numeric(5, 2) NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (ziel_id, kennzahl_id),
  CONSTRAINT ziel_kennzahl_gewicht CHECK (gewicht > 0)
);
SELECT pg_temp.titel('ziel_kennzahl', 'Kennzahl eines Ziels', ARRAY[['ziel_id', 'Ziel'], ['kennzahl_id', 'Kennzahl'], ['gewicht', 'Gewicht'], ['seit', 'Stand']]);
CREATE TABLE strategie.massnahme_kennzahl (
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  kennzahl_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  wirkung text NOT NULL,
  misst_fortschritt boolean NOT NULL DEFAULT false,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (massnahme_id, kennzahl_id),
  CONSTRAINT massnahme_kennzahl_wirkung CHECK (wirkung IN ('erhoeht', 'senkt'))
);
SELECT pg_temp.titel('massnahme_kennzahl', 'Kennzahl einer Maßnahme', ARRAY[['massnahme_id', 'Maßnahme'], ['kennzahl_id', 'Kennzahl'], ['wirkung', E'Wirkung\nerhoeht oder senkt.'],
  ['misst_fortschritt', 'Misst den Fortschritt'], ['seit', 'Stand']]);
CREATE TABLE strategie.kennzahl_kennzahl (
  kennzahl_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  andere_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  art text NOT NULL,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kennzahl_id, andere_id),
  CONSTRAINT kennzahl_kennzahl_art CHECK (art IN ('erhoeht', 'senkt', 'teil_von')),
  CONSTRAINT kennzahl_kennzahl_verschieden CHECK (kennzahl_id <> andere_id)
);
SELECT pg_temp.titel('kennzahl_kennzahl', 'Zusammenhang zweier Kennzahlen', ARRAY[['kennzahl_id', 'Kennzahl'], ['andere_id', 'Andere Kennzahl'], ['art', E'Art\nerhoeht, senkt oder teil_von.'], ['seit', 'Stand']]);
CREATE TABLE strategie.massnahme_massnahme (
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  andere_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  art text,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (massnahme_id, andere_id, art),
  CONSTRAINT massnahme_massnahme_art CHECK (art IN ('setzt_voraus', 'ergaenzt', 'alternative_zu', 'konkurriert', 'teil_von', 'ersetzt_durch', 'zusammengefuehrt_mit')),
  CONSTRAINT massnahme_massnahme_verschieden CHECK (massnahme_id <> andere_id)
);
SELECT pg_temp.titel('massnahme_massnahme', 'Zusammenhang zweier Maßnahmen', ARRAY[['massnahme_id', 'Maßnahme'], ['andere_id', 'Andere Maßnahme'],
  ['art', E'Art\nsetzt_voraus, ergaenzt, alternative_zu, konkurriert, teil_von, ersetzt_durch oder zusammengefuehrt_mit.'], ['seit', 'Stand']]);

-- One subject each, by real foreign keys instead of (type, id) pairs.
CREATE TABLE strategie.zustaendigkeit (
  id uuid PRIMARY KEY,
  akteur_id uuid NOT NULL REFERENCES strategie.akteur,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  kennzahl_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  rolle text NOT NULL DEFAULT 'federfuehrend',
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT zustaendigkeit_ein_gegenstand CHECK (num_nonnulls(ziel_id, massnahme_id, kennzahl_id) = 1),
  CONSTRAINT zustaendigkeit_rolle CHECK (rolle IN ('federfuehrend', 'mitwirkend', 'finanzierend', 'informiert'))
);
CREATE UNIQUE INDEX zustaendigkeit_eine_federfuehrung ON strategie.zustaendigkeit (coalesce(ziel_id, massnahme_id, kennzahl_id)) WHERE rolle = 'federfuehrend';
CREATE UNIQUE INDEX zustaendigkeit_einmal ON strategie.zustaendigkeit (coalesce(ziel_id, massnahme_id, kennzahl_id), akteur_id, rolle);
SELECT pg_temp.titel('zustaendigkeit', 'Zuständigkeit', ARRAY[['id', 'Interne Nummer'], ['akteur_id', 'Akteur'], ['ziel_id', 'Ziel'], ['massnahme_id', 'Maßnahme'], ['kennzahl_id', 'Kennzahl'],
  ['rolle', E'Rolle\nfederfuehrend, mitwirkend, finanzierend oder informiert.'], ['seit', 'Stand']]);

SELECT pg_temp.entitaet('fachplan', $s$
  typ text NOT NULL REFERENCES strategie.fachplan_typ,
  ebene text NOT NULL DEFAULT 'stadt',
  herausgeber text,
  jahr int,
  verbindlichkeit text NOT NULL DEFAULT 'informell' REFERENCES strategie.verbindlichkeit,
  zustand text NOT NULL DEFAULT 'gueltig',
  dokument_url text,
  lizenz text,
  geom geometry(MultiPolygon, 25832),
  CONSTRAINT fachplan_ebene CHECK (ebene IN ('stadt', 'landkreis', 'region', 'land')),
  CONSTRAINT fachplan_jahr CHECK (jahr BETWEEN 1900 AND 2200),
  CONSTRAINT fachplan_zustand CHECK (zustand IN ('gueltig', 'fortgeschrieben', 'ausser_kraft')),
  CONSTRAINT fachplan_url CHECK (dokument_url ~ '^https?://'),
  CONSTRAINT fachplan_geom_gueltig CHECK (st_isvalid(geom))$s$),
  pg_temp.titel('fachplan', 'Fachplan', ARRAY[['typ', 'Art [code strategie.fachplan_typ]'], ['ebene', E'Ebene\nstadt, landkreis, region oder land.'], ['herausgeber', 'Herausgeber'], ['jahr', 'Jahr'],
    ['verbindlichkeit', 'Verbindlichkeit [code strategie.verbindlichkeit]'], ['zustand', E'Zustand\ngueltig, fortgeschrieben oder ausser_kraft.'],
    ['dokument_url', 'Dokument'], ['lizenz', 'Lizenz'], ['geom', 'Geltungsbereich']]);
CREATE TABLE strategie.fundstelle (
  id uuid PRIMARY KEY,
  fachplan_id uuid NOT NULL REFERENCES strategie.fachplan ON DELETE CASCADE,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  stelle text NOT NULL,
  zitat text,
  beziehung text NOT NULL,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fundstelle_ein_gegenstand CHECK (num_nonnulls(ziel_id, massnahme_id) = 1),
  CONSTRAINT fundstelle_beziehung CHECK (beziehung IN ('uebernommen', 'konkretisiert', 'widerspricht', 'ersetzt'))
);
CREATE UNIQUE INDEX fundstelle_einmal ON strategie.fundstelle (fachplan_id, coalesce(ziel_id, massnahme_id), stelle);
SELECT pg_temp.titel('fundstelle', 'Fundstelle in einem Fachplan', ARRAY[['id', 'Interne Nummer'], ['fachplan_id', 'Fachplan'], ['ziel_id', 'Ziel'], ['massnahme_id', 'Maßnahme'], ['stelle', 'Seite oder Kapitel'],
  ['zitat', 'Kurzes Zitat'], ['beziehung', E'Beziehung\nuebernommen, konkretisiert, widerspricht oder ersetzt.'], ['seit', 'Stand']]);

CREATE TABLE strategie.beschluss_bezug (
  id uuid PRIMARY KEY,
  beschluss_id uuid NOT NULL REFERENCES strategie.beschluss ON DELETE CASCADE,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  gebiet_id uuid REFERENCES dorferneuerung.gebiet ON DELETE CASCADE,
  plan_id uuid REFERENCES fnp.plan ON DELETE CASCADE,
  strategiefassung_id uuid REFERENCES strategie.strategiefassung ON DELETE CASCADE,
  fachplan_id uuid REFERENCES strategie.fachplan ON DELETE CASCADE,
  wirkung text NOT NULL DEFAULT 'beschliesst',
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT beschluss_bezug_ein_gegenstand CHECK (num_nonnulls(ziel_id, massnahme_id, gebiet_id, plan_id, strategiefassung_id, fachplan_id) = 1),
  CONSTRAINT beschluss_bezug_wirkung CHECK (wirkung IN ('beschliesst', 'aendert', 'priorisiert', 'finanziert', 'lehnt_ab'))
);
CREATE UNIQUE INDEX beschluss_bezug_einmal ON strategie.beschluss_bezug (beschluss_id, coalesce(ziel_id, massnahme_id, gebiet_id, plan_id, strategiefassung_id, fachplan_id));
SELECT pg_temp.titel('beschluss_bezug', 'Gegenstand eines Beschlusses', ARRAY[['id', 'Interne Nummer'], ['beschluss_id', 'Beschluss'], ['ziel_id', 'Ziel'], ['massnahme_id', 'Maßnahme'], ['gebiet_id', 'Dorferneuerungsgebiet'],
  ['plan_id', 'Plan'], ['strategiefassung_id', 'Fassung der Strategie'], ['fachplan_id', 'Fachplan'], ['wirkung', E'Wirkung\nbeschliesst, aendert, priorisiert, finanziert oder lehnt_ab.'], ['seit', 'Stand']]);

SELECT pg_temp.entitaet('trend', $s$
  einschaetzung text,
  quelle text,
  zahlen text NOT NULL DEFAULT 'keine',
  kennzahl_id uuid REFERENCES strategie.kennzahl,
  CONSTRAINT trend_zahlen CHECK (zahlen IN ('keine', 'einwohner', 'altersgruppen', 'kennzahl')),
  CONSTRAINT trend_kennzahl CHECK ((zahlen = 'kennzahl') = (kennzahl_id IS NOT NULL))$s$),
  pg_temp.titel('trend', 'Trend', ARRAY[['einschaetzung', 'Einschätzung'], ['quelle', 'Quelle'], ['zahlen', E'Zahlen dahinter\nkeine, einwohner, altersgruppen oder kennzahl.'], ['kennzahl_id', 'Kennzahl']]);
CREATE TABLE strategie.trend_bezug (
  id uuid PRIMARY KEY,
  trend_id uuid NOT NULL REFERENCES strategie.trend ON DELETE CASCADE,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  art text NOT NULL,
  begruendung text,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT trend_bezug_ein_gegenstand CHECK (num_nonnulls(ziel_id, massnahme_id) = 1),
  CONSTRAINT trend_bezug_art CHECK (art IN ('verstaerkt', 'erschwert'))
);
CREATE UNIQUE INDEX trend_bezug_einmal ON strategie.trend_bezug (trend_id, coalesce(ziel_id, massnahme_id));
SELECT pg_temp.titel('trend_bezug', 'Wirkung eines Trends', ARRAY[['id', 'Interne Nummer'], ['trend_id', 'Trend'], ['ziel_id', 'Ziel'], ['massnahme_id', 'Maßnahme'], ['art', E'Art\nverstaerkt oder erschwert.'],
  ['begruendung', 'Begründung'], ['seit', 'Stand']]);

CREATE TABLE strategie.sdg_bezug (
  id uuid PRIMARY KEY,
  sdg int NOT NULL REFERENCES strategie.sdg,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  kennzahl_id uuid REFERENCES strategie.kennzahl ON DELETE CASCADE,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT sdg_bezug_ein_gegenstand CHECK (num_nonnulls(ziel_id, massnahme_id, kennzahl_id) = 1)
);
CREATE UNIQUE INDEX sdg_bezug_einmal ON strategie.sdg_bezug (coalesce(ziel_id, massnahme_id, kennzahl_id), sdg);
SELECT pg_temp.titel('sdg_bezug', 'Bezug zu einem Nachhaltigkeitsziel', ARRAY[['id', 'Interne Nummer'], ['sdg', 'SDG [code strategie.sdg]'], ['ziel_id', 'Ziel'], ['massnahme_id', 'Maßnahme'], ['kennzahl_id', 'Kennzahl'], ['seit', 'Stand']]);

-- A saved question is a layer: its name is part of the collection's address.
SELECT pg_temp.entitaet('frage', $s$
  filter text NOT NULL,
  beschreibung text,
  CONSTRAINT frage_kennung_form CHECK (kennung ~ '^[a-z0-9][a-z0-9_-]*$')$s$),
  pg_temp.titel('frage', E'Gespeicherte Frage\nEin Filter der Maßnahmen mit Namen; sie ist zugleich eine Ebene.', ARRAY[['filter', E'Filter\nWie in der Adresse von /massnahmen.'], ['beschreibung', 'Beschreibung']]);

SELECT audit.verfolge(('strategie.' || t)::regclass) FROM unnest(ARRAY['akteur', 'beschluss', 'strategie', 'strategiefassung', 'leitlinie', 'handlungsfeld', 'ziel', 'massnahme', 'teilschritt', 'kennzahl',
  'kennzahlwert', 'ziel_kennzahl', 'massnahme_kennzahl', 'kennzahl_kennzahl', 'massnahme_massnahme', 'zustaendigkeit', 'fachplan', 'fundstelle', 'beschluss_bezug', 'trend', 'trend_bezug', 'sdg_bezug', 'frage']) t;
UPDATE strategie.aktualitaet a SET symbol = v.symbol FROM (VALUES ('aktuell', '✓'), ('faellig', '⏰'), ('veraltet', '⚠'), ('ohne', '?'), ('ruht', '⏸')) v (schluessel, symbol) WHERE a.schluessel = v.schluessel;
RESET ROLE;

-- Handlungsfelder, goals of two levels, measures and where they lie.
SET LOCAL ROLE zielraum_owner;

-- Code tables: title, symbol and colour belong to the town, the key to the program.
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM (VALUES
      ('beschlussstand', 'Beschlussstand'), ('umsetzungsphase', 'Umsetzungsphase'), ('ampel', 'Ampel'), ('massnahme_art', 'Art der Maßnahme')) v(name, titel) LOOP
    EXECUTE format('CREATE TABLE strategie.%I (schluessel text PRIMARY KEY, titel text NOT NULL, symbol text, farbe text, reihenfolge int NOT NULL UNIQUE)', t.name);
    EXECUTE format('COMMENT ON TABLE strategie.%I IS %L', t.name, t.titel);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.schluessel IS ''Schlüssel''', t.name);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.titel IS ''Bezeichnung''', t.name);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.symbol IS ''Zeichen''', t.name);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.farbe IS ''Farbe''', t.name);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.reihenfolge IS ''Reihenfolge''', t.name);
  END LOOP;
END $$;
INSERT INTO strategie.beschlussstand (schluessel, titel, reihenfolge) VALUES
  ('idee', 'Idee', 1), ('geprueft', 'Geprüft', 2), ('vorgeschlagen', 'Vorgeschlagen', 3), ('beschlossen', 'Beschlossen', 4),
  ('im_haushalt', 'Im Haushalt', 5), ('abgelehnt', 'Abgelehnt', 6), ('zurueckgestellt', 'Zurückgestellt', 7);
INSERT INTO strategie.umsetzungsphase (schluessel, titel, reihenfolge) VALUES
  ('nicht_begonnen', 'Nicht begonnen', 1), ('vorbereitung', 'Vorbereitung', 2), ('planung', 'Planung', 3), ('genehmigung', 'Genehmigung', 4),
  ('vergabe', 'Vergabe', 5), ('umsetzung', 'Umsetzung', 6), ('betrieb', 'Betrieb', 7), ('abgeschlossen', 'Abgeschlossen', 8);
INSERT INTO strategie.ampel (schluessel, titel, symbol, farbe, reihenfolge) VALUES
  ('abgeschlossen', 'Abgeschlossen', '✔', '#1B5E20', 1), ('im_plan', 'Im Plan', '●', '#2E7D32', 2), ('verzoegert', 'Verzögert', '◐', '#F9A825', 3),
  ('gefaehrdet', 'Gefährdet', '▲', '#C62828', 4), ('ruht', 'Ruht', '⏸', '#6D6D6D', 5), ('entfallen', 'Entfallen', '✖', '#424242', 6),
  ('zusammengefuehrt', 'Zusammengeführt', '⇢', '#546E7A', 7), ('unbekannt', 'Unbekannt', '?', '#9E9E9E', 8);
INSERT INTO strategie.massnahme_art (schluessel, titel, reihenfolge) VALUES
  ('planung', 'Planung', 1), ('bau', 'Bau', 2), ('programm', 'Programm', 3), ('satzung', 'Satzung', 4), ('organisation', 'Organisation', 5), ('foerderung', 'Förderung', 6);

CREATE TABLE strategie.handlungsfeld (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  nummer text,
  titel text NOT NULL,
  farbe text NOT NULL DEFAULT '#607D8B',
  symbol text,
  reihenfolge int NOT NULL DEFAULT 0,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  veroeffentlichung text NOT NULL DEFAULT 'entwurf' REFERENCES freigabe.zustand,
  CONSTRAINT handlungsfeld_titel_nicht_leer CHECK (titel <> ''),
  CONSTRAINT handlungsfeld_farbe_form CHECK (farbe ~ '^#[0-9A-Fa-f]{6}$')
);
COMMENT ON TABLE strategie.handlungsfeld IS 'Handlungsfeld';
COMMENT ON COLUMN strategie.handlungsfeld.farbe IS 'Farbe';
COMMENT ON COLUMN strategie.handlungsfeld.symbol IS 'Zeichen';
COMMENT ON COLUMN strategie.handlungsfeld.reihenfolge IS 'Reihenfolge';

CREATE TABLE strategie.ziel (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  handlungsfeld_id uuid NOT NULL REFERENCES strategie.handlungsfeld,
  ebene text NOT NULL,
  uebergeordnet_id uuid REFERENCES strategie.ziel DEFERRABLE INITIALLY DEFERRED,
  nummer text,
  titel text NOT NULL,
  text text,
  begruendung text,
  zieljahr int,
  raumwirksam text NOT NULL DEFAULT 'mittelbar',
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  veroeffentlichung text NOT NULL DEFAULT 'entwurf' REFERENCES freigabe.zustand,
  CONSTRAINT ziel_titel_nicht_leer CHECK (titel <> ''),
  CONSTRAINT ziel_ebene CHECK (ebene IN ('strategisch', 'operativ')),
  CONSTRAINT ziel_operativ_uebergeordnet CHECK ((ebene = 'operativ') = (uebergeordnet_id IS NOT NULL)),
  CONSTRAINT ziel_raumwirksam CHECK (raumwirksam IN ('ja', 'nein', 'mittelbar')),
  CONSTRAINT ziel_zieljahr CHECK (zieljahr BETWEEN 1990 AND 2200)
);
CREATE INDEX ziel_handlungsfeld ON strategie.ziel (handlungsfeld_id);
COMMENT ON TABLE strategie.ziel IS 'Ziel
Strategisches Ziel oder operatives Ziel darunter.';
COMMENT ON COLUMN strategie.ziel.handlungsfeld_id IS 'Handlungsfeld';
COMMENT ON COLUMN strategie.ziel.ebene IS 'Ebene
strategisch oder operativ.';
COMMENT ON COLUMN strategie.ziel.uebergeordnet_id IS 'Übergeordnetes Ziel';
COMMENT ON COLUMN strategie.ziel.text IS 'Text';
COMMENT ON COLUMN strategie.ziel.begruendung IS 'Begründung';
COMMENT ON COLUMN strategie.ziel.zieljahr IS 'Zieljahr';
COMMENT ON COLUMN strategie.ziel.raumwirksam IS 'Raumwirksam
ja, nein oder mittelbar.';

CREATE TABLE strategie.massnahme (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  nummer text,
  titel text NOT NULL,
  kurztext text,
  beschreibung text,
  art text NOT NULL REFERENCES strategie.massnahme_art,
  beginn date,
  ende date,
  dauerhaft boolean NOT NULL DEFAULT false,
  prioritaet int,
  leitprojekt boolean NOT NULL DEFAULT false,
  beschlussstand text NOT NULL DEFAULT 'idee' REFERENCES strategie.beschlussstand,
  umsetzungsphase text NOT NULL DEFAULT 'nicht_begonnen' REFERENCES strategie.umsetzungsphase,
  ampel text NOT NULL DEFAULT 'unbekannt' REFERENCES strategie.ampel,
  intern_notiz text,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  veroeffentlichung text NOT NULL DEFAULT 'entwurf' REFERENCES freigabe.zustand,
  CONSTRAINT massnahme_titel_nicht_leer CHECK (titel <> ''),
  CONSTRAINT massnahme_zeitraum CHECK (ende >= beginn),
  CONSTRAINT massnahme_abgeschlossen_mit_ende CHECK (umsetzungsphase <> 'abgeschlossen' OR ende IS NOT NULL)
);
COMMENT ON TABLE strategie.massnahme IS 'Maßnahme';
COMMENT ON COLUMN strategie.massnahme.kurztext IS 'Kurztext';
COMMENT ON COLUMN strategie.massnahme.beschreibung IS 'Beschreibung';
COMMENT ON COLUMN strategie.massnahme.art IS 'Art [code strategie.massnahme_art]';
COMMENT ON COLUMN strategie.massnahme.beginn IS 'Beginn';
COMMENT ON COLUMN strategie.massnahme.ende IS 'Ende';
COMMENT ON COLUMN strategie.massnahme.dauerhaft IS 'Dauerhaft';
COMMENT ON COLUMN strategie.massnahme.prioritaet IS 'Priorität';
COMMENT ON COLUMN strategie.massnahme.leitprojekt IS 'Leitprojekt';
COMMENT ON COLUMN strategie.massnahme.beschlussstand IS 'Beschlussstand [code strategie.beschlussstand]';
COMMENT ON COLUMN strategie.massnahme.umsetzungsphase IS 'Umsetzungsphase [code strategie.umsetzungsphase]';
COMMENT ON COLUMN strategie.massnahme.ampel IS 'Ampel [code strategie.ampel]';
COMMENT ON COLUMN strategie.massnahme.intern_notiz IS 'Interne Notiz [vertraulich]';

CREATE TABLE strategie.ziel_massnahme (
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  beitrag smallint NOT NULL DEFAULT 1,
  haupt boolean NOT NULL DEFAULT false,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (massnahme_id, ziel_id),
  CONSTRAINT ziel_massnahme_beitrag CHECK (beitrag BETWEEN -2 AND 2)
);
CREATE INDEX ziel_massnahme_ziel ON strategie.ziel_massnahme (ziel_id);
COMMENT ON TABLE strategie.ziel_massnahme IS 'Beitrag einer Maßnahme zu einem Ziel';
COMMENT ON COLUMN strategie.ziel_massnahme.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN strategie.ziel_massnahme.ziel_id IS 'Ziel';
COMMENT ON COLUMN strategie.ziel_massnahme.beitrag IS 'Beitrag
−2 hemmt stark bis +2 fördert stark.';
COMMENT ON COLUMN strategie.ziel_massnahme.haupt IS 'Hauptziel';
COMMENT ON COLUMN strategie.ziel_massnahme.seit IS 'Stand';

CREATE TABLE strategie.ziel_nutzungsart_wirkung (
  ziel_id uuid REFERENCES strategie.ziel ON DELETE CASCADE,
  nutzung text REFERENCES fnp.nutzung,
  wirkung smallint NOT NULL,
  begruendung text,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (ziel_id, nutzung),
  CONSTRAINT ziel_nutzungsart_wirkung_stufe CHECK (wirkung BETWEEN -2 AND 2)
);
COMMENT ON TABLE strategie.ziel_nutzungsart_wirkung IS 'Wirkung einer Nutzung auf ein Ziel
Die Matrix Ziel × Nutzung: welche Flächen einem Ziel dienen oder es belasten.';
COMMENT ON COLUMN strategie.ziel_nutzungsart_wirkung.ziel_id IS 'Ziel';
COMMENT ON COLUMN strategie.ziel_nutzungsart_wirkung.nutzung IS 'Nutzung [code fnp.nutzung]';
COMMENT ON COLUMN strategie.ziel_nutzungsart_wirkung.wirkung IS 'Wirkung
−2 belastet stark bis +2 dient stark.';
COMMENT ON COLUMN strategie.ziel_nutzungsart_wirkung.begruendung IS 'Begründung';
COMMENT ON COLUMN strategie.ziel_nutzungsart_wirkung.seit IS 'Stand';

CREATE TABLE strategie.raumbezug (
  id uuid PRIMARY KEY,
  massnahme_id uuid NOT NULL REFERENCES strategie.massnahme ON DELETE CASCADE,
  art text NOT NULL,
  ortsteil_id int REFERENCES gemeinde.ortsteil,
  plan_id uuid,
  flaeche_kennung text COLLATE "C",
  geom geometry(Geometry, 25832),
  grund text,
  rolle text NOT NULL DEFAULT 'standort',
  genauigkeit text NOT NULL DEFAULT 'lagegenau',
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT raumbezug_verweis FOREIGN KEY (plan_id, flaeche_kennung) REFERENCES fnp.verweis,
  CONSTRAINT raumbezug_art CHECK (CASE art
    WHEN 'gesamtstadt' THEN num_nonnulls(ortsteil_id, plan_id, flaeche_kennung, geom, grund) = 0
    WHEN 'unverortet' THEN coalesce(grund, '') <> '' AND num_nonnulls(ortsteil_id, plan_id, flaeche_kennung, geom) = 0
    WHEN 'ortsteil' THEN ortsteil_id IS NOT NULL AND num_nonnulls(plan_id, flaeche_kennung, geom, grund) = 0
    WHEN 'fnp_flaeche' THEN num_nonnulls(plan_id, flaeche_kennung) = 2 AND num_nonnulls(ortsteil_id, geom, grund) = 0
    WHEN 'flaeche' THEN geom IS NOT NULL AND st_geometrytype(geom) = 'ST_MultiPolygon' AND st_isvalid(geom) AND num_nonnulls(ortsteil_id, plan_id, flaeche_kennung, grund) = 0
    WHEN 'linie' THEN geom IS NOT NULL AND st_geometrytype(geom) = 'ST_MultiLineString' AND num_nonnulls(ortsteil_id, plan_id, flaeche_kennung, grund) = 0
    WHEN 'punkt' THEN geom IS NOT NULL AND st_geometrytype(geom) = 'ST_MultiPoint' AND num_nonnulls(ortsteil_id, plan_id, flaeche_kennung, grund) = 0
    ELSE false END),
  CONSTRAINT raumbezug_rolle CHECK (rolle IN ('standort', 'wirkraum', 'suchraum', 'ausgleich')),
  CONSTRAINT raumbezug_genauigkeit CHECK (genauigkeit IN ('flurstuecksscharf', 'lagegenau', 'schematisch', 'ortsteilgenau')),
  CONSTRAINT raumbezug_unverortet_allein EXCLUDE USING gist (massnahme_id WITH =, ((art = 'unverortet')::int) WITH <>)
);
CREATE INDEX raumbezug_massnahme ON strategie.raumbezug (massnahme_id);
CREATE INDEX raumbezug_geom ON strategie.raumbezug USING gist (geom);
CREATE INDEX raumbezug_ortsteil ON strategie.raumbezug (ortsteil_id);
CREATE INDEX raumbezug_flaeche ON strategie.raumbezug (plan_id, flaeche_kennung);
CREATE UNIQUE INDEX raumbezug_einmal ON strategie.raumbezug (massnahme_id, art) WHERE art IN ('gesamtstadt', 'unverortet');
COMMENT ON TABLE strategie.raumbezug IS 'Raumbezug
Wo eine Maßnahme liegt.';
COMMENT ON COLUMN strategie.raumbezug.id IS 'Interne Nummer';
COMMENT ON COLUMN strategie.raumbezug.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN strategie.raumbezug.art IS 'Art
gesamtstadt, ortsteil, fnp_flaeche, flaeche, linie, punkt oder unverortet.';
COMMENT ON COLUMN strategie.raumbezug.ortsteil_id IS 'Ortsteil';
COMMENT ON COLUMN strategie.raumbezug.plan_id IS 'Plan';
COMMENT ON COLUMN strategie.raumbezug.flaeche_kennung IS 'Fläche des Plans';
COMMENT ON COLUMN strategie.raumbezug.geom IS 'Eigene Geometrie';
COMMENT ON COLUMN strategie.raumbezug.grund IS 'Grund, warum unverortet';
COMMENT ON COLUMN strategie.raumbezug.rolle IS 'Rolle';
COMMENT ON COLUMN strategie.raumbezug.genauigkeit IS 'Genauigkeit';
COMMENT ON COLUMN strategie.raumbezug.seit IS 'Stand';

-- Derived; filled by leite_massnahme_flaeche and leite_massnahme_ortsteil (0008).
CREATE TABLE strategie.massnahme_flaeche (
  massnahme_id uuid NOT NULL REFERENCES strategie.massnahme ON DELETE CASCADE,
  fassung_id int NOT NULL REFERENCES fnp.fassung ON DELETE CASCADE,
  ordnung bigint NOT NULL,
  schnitt_m2 double precision,
  schnitt_m double precision,
  punkte int,
  anteil double precision,
  PRIMARY KEY (massnahme_id, fassung_id, ordnung)
);
CREATE INDEX massnahme_flaeche_flaeche ON strategie.massnahme_flaeche (fassung_id, ordnung);
COMMENT ON TABLE strategie.massnahme_flaeche IS 'Maßnahme × Fläche des Plans (abgeleitet)
Für die aktuelle Fassung jedes Plans; Maßnahmen der Gesamtstadt und ganzer Ortsteile stehen nicht darin.';
COMMENT ON COLUMN strategie.massnahme_flaeche.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN strategie.massnahme_flaeche.fassung_id IS 'Fassung';
COMMENT ON COLUMN strategie.massnahme_flaeche.ordnung IS 'Fläche';
COMMENT ON COLUMN strategie.massnahme_flaeche.schnitt_m2 IS 'Gemeinsame Fläche [einheit m²]';
COMMENT ON COLUMN strategie.massnahme_flaeche.schnitt_m IS 'Gemeinsame Länge [einheit m]';
COMMENT ON COLUMN strategie.massnahme_flaeche.punkte IS 'Punkte darin';
COMMENT ON COLUMN strategie.massnahme_flaeche.anteil IS 'Anteil an der Maßnahme
0 bis 1, an ihrer Fläche, sonst ihrer Länge, sonst ihren Punkten.';

CREATE TABLE strategie.massnahme_ortsteil (
  massnahme_id uuid NOT NULL REFERENCES strategie.massnahme ON DELETE CASCADE,
  ortsteil_id int NOT NULL REFERENCES gemeinde.ortsteil ON DELETE CASCADE,
  schnitt_m2 double precision,
  schnitt_m double precision,
  punkte int,
  anteil double precision,
  herkunft text NOT NULL,
  PRIMARY KEY (massnahme_id, ortsteil_id),
  CONSTRAINT massnahme_ortsteil_herkunft CHECK (herkunft IN ('lage', 'ortsteil'))
);
CREATE INDEX massnahme_ortsteil_ortsteil ON strategie.massnahme_ortsteil (ortsteil_id);
COMMENT ON TABLE strategie.massnahme_ortsteil IS 'Maßnahme × Ortsteil (abgeleitet)
Maßnahmen der Gesamtstadt stehen nicht darin; Antworten nennen sie gesondert.';
COMMENT ON COLUMN strategie.massnahme_ortsteil.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN strategie.massnahme_ortsteil.ortsteil_id IS 'Ortsteil';
COMMENT ON COLUMN strategie.massnahme_ortsteil.schnitt_m2 IS 'Fläche im Ortsteil [einheit m²]';
COMMENT ON COLUMN strategie.massnahme_ortsteil.schnitt_m IS 'Länge im Ortsteil [einheit m]';
COMMENT ON COLUMN strategie.massnahme_ortsteil.punkte IS 'Punkte im Ortsteil';
COMMENT ON COLUMN strategie.massnahme_ortsteil.anteil IS 'Anteil an der Maßnahme
0 bis 1; leer, wenn die Maßnahme mehreren Ortsteilen ohne Ort zugeordnet ist.';
COMMENT ON COLUMN strategie.massnahme_ortsteil.herkunft IS 'Herkunft
lage = aus der Geometrie, ortsteil = ausdrücklich zugeordnet.';

DO $$
DECLARE
  t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['handlungsfeld', 'ziel', 'massnahme'] LOOP
    EXECUTE format('COMMENT ON COLUMN strategie.%I.id IS ''Interne Nummer''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.kennung IS ''Kennung''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.nummer IS ''Nummer''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.titel IS ''Titel''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.version IS ''Version''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.seit IS ''Geändert am''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.erstellt_am IS ''Angelegt am''', t);
    EXECUTE format('COMMENT ON COLUMN strategie.%I.veroeffentlichung IS ''Veröffentlichung [code freigabe.zustand]''', t);
    EXECUTE format('CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON strategie.%I FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt()', t);
  END LOOP;
END $$;
SELECT audit.verfolge(t::regclass) FROM unnest(ARRAY['strategie.handlungsfeld', 'strategie.ziel', 'strategie.massnahme',
  'strategie.ziel_massnahme', 'strategie.ziel_nutzungsart_wirkung', 'strategie.raumbezug']) t;
RESET ROLE;

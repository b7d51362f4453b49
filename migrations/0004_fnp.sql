-- Plans and their versions. The content of a plan is partitioned by Fassung: the new
-- partition is the staging table of its import, one ATTACH is the swap.
SET LOCAL ROLE zielraum_owner;

CREATE TABLE freigabe.zustand (
  schluessel text PRIMARY KEY,
  titel text NOT NULL,
  reihenfolge int NOT NULL
);
COMMENT ON TABLE freigabe.zustand IS 'Zustand der Veröffentlichung';
COMMENT ON COLUMN freigabe.zustand.schluessel IS 'Schlüssel';
COMMENT ON COLUMN freigabe.zustand.titel IS 'Bezeichnung';
COMMENT ON COLUMN freigabe.zustand.reihenfolge IS 'Reihenfolge';
INSERT INTO freigabe.zustand VALUES
  ('entwurf', 'Entwurf', 1), ('in_freigabe', 'In Freigabe', 2), ('intern', 'Intern', 3),
  ('veroeffentlicht', 'Veröffentlicht', 4), ('archiviert', 'Archiviert', 5);

CREATE TABLE fnp.nutzung_gruppe (
  schluessel text PRIMARY KEY,
  titel text NOT NULL,
  reihenfolge int NOT NULL
);
COMMENT ON TABLE fnp.nutzung_gruppe IS 'Gruppe von Nutzungen in der Flächenbilanz';
COMMENT ON COLUMN fnp.nutzung_gruppe.schluessel IS 'Schlüssel';
COMMENT ON COLUMN fnp.nutzung_gruppe.titel IS 'Bezeichnung';
COMMENT ON COLUMN fnp.nutzung_gruppe.reihenfolge IS 'Reihenfolge';
INSERT INTO fnp.nutzung_gruppe VALUES
  ('bauflaechen', 'Bauflächen', 1), ('gemeinbedarf_sport', 'Gemeinbedarf, Sport und Spiel', 2),
  ('verkehr', 'Verkehr', 3), ('ver_entsorgung', 'Ver- und Entsorgung', 4), ('gruen', 'Grünflächen', 5),
  ('wasser', 'Wasser', 6), ('abgrabung', 'Aufschüttung und Abgrabung', 7),
  ('land_forst', 'Land- und Forstwirtschaft', 8), ('sonstiges', 'Sonstiges', 9), ('offen', 'Nicht zugeordnet', 10);

CREATE TABLE fnp.nutzung (
  schluessel text PRIMARY KEY,
  name text NOT NULL,
  gruppe text NOT NULL REFERENCES fnp.nutzung_gruppe,
  farbe text NOT NULL,
  symbol text,
  planzv text,
  hilucs text,
  rechtsgrundlage text,
  reihenfolge int NOT NULL UNIQUE,
  siedlung boolean NOT NULL,
  CONSTRAINT nutzung_farbe_form CHECK (farbe ~ '^#[0-9A-F]{6}$')
);
COMMENT ON TABLE fnp.nutzung IS 'Nutzung im Flächennutzungsplan
Eine Zeile je Klasse; Farbe und Name gelten in Karte, QGIS und Bericht.';
COMMENT ON COLUMN fnp.nutzung.schluessel IS 'Schlüssel';
COMMENT ON COLUMN fnp.nutzung.name IS 'Bezeichnung';
COMMENT ON COLUMN fnp.nutzung.gruppe IS 'Gruppe';
COMMENT ON COLUMN fnp.nutzung.farbe IS 'Farbe
Nach den Farbtönen der PlanZV.';
COMMENT ON COLUMN fnp.nutzung.symbol IS 'Zeichen';
COMMENT ON COLUMN fnp.nutzung.planzv IS 'Nummer der Anlage zur PlanZV';
COMMENT ON COLUMN fnp.nutzung.hilucs IS 'HILUCS-Klasse (INSPIRE)';
COMMENT ON COLUMN fnp.nutzung.rechtsgrundlage IS 'Rechtsgrundlage';
COMMENT ON COLUMN fnp.nutzung.reihenfolge IS 'Reihenfolge';
COMMENT ON COLUMN fnp.nutzung.siedlung IS 'Siedlungsfläche';
INSERT INTO fnp.nutzung (schluessel, name, gruppe, farbe, symbol, planzv, hilucs, rechtsgrundlage, reihenfolge, siedlung) VALUES
  ('W', 'Wohnbaufläche', 'bauflaechen', '#CF9377', 'W', '1.1', '5_ResidentialUse', '§ 5 Abs. 2 Nr. 1 BauGB', 1, true),
  ('M', 'Gemischte Baufläche', 'bauflaechen', '#D5A744', 'M', '1.2', '5_2_ResidentialUseWithOtherCompatibleUses', '§ 5 Abs. 2 Nr. 1 BauGB', 2, true),
  ('G', 'Gewerbliche Baufläche', 'bauflaechen', '#A6A596', 'G', '1.3', '2_SecondaryProduction', '§ 5 Abs. 2 Nr. 1 BauGB', 3, true),
  ('S', 'Sonderbaufläche', 'bauflaechen', '#FE7F26', 'S', '1.4', '6_6_NotKnownUse', '§ 5 Abs. 2 Nr. 1 BauGB', 4, true),
  ('gemeinbedarf', 'Fläche für den Gemeinbedarf', 'gemeinbedarf_sport', '#E94EA5', NULL, '4.1', '3_3_CommunityServices', '§ 5 Abs. 2 Nr. 2 a BauGB', 5, true),
  ('sport', 'Fläche für Sport- und Spielanlagen', 'gemeinbedarf_sport', '#FDBBE1', NULL, '4.2', '3_4_3_SportsInfrastructure', '§ 5 Abs. 2 Nr. 2 a BauGB', 6, true),
  ('verkehr_strasse', 'Straßenverkehrsfläche', 'verkehr', '#FDDF1B', NULL, '5.1, 5.3', '4_1_1_RoadTransport', '§ 5 Abs. 2 Nr. 3 BauGB', 7, true),
  ('verkehr_bahn', 'Bahnfläche', 'verkehr', '#A591B3', NULL, '5.2', '4_1_2_RailwayTransport', '§ 5 Abs. 2 Nr. 3, Abs. 4 BauGB', 8, true),
  ('verkehr_luft', 'Fläche für den Luftverkehr', 'verkehr', '#806798', NULL, '5.4', '4_1_3_AirTransport', '§ 5 Abs. 2 Nr. 3, Abs. 4 BauGB', 9, true),
  ('ver_entsorgung', 'Fläche für Ver- und Entsorgung', 'ver_entsorgung', '#FFEC99', NULL, '7, 8', '4_3_Utilities', '§ 5 Abs. 2 Nr. 2 b, Nr. 4 BauGB', 10, true),
  ('gruen', 'Grünfläche', 'gruen', '#80E41B', NULL, '9', '3_4_4_OpenAirRecreationalAreas', '§ 5 Abs. 2 Nr. 5 BauGB', 11, false),
  ('wasser', 'Wasserfläche', 'wasser', '#75C7FF', NULL, '10.1', '6_3_2_WaterAreasNotInOtherEconomicUse', '§ 5 Abs. 2 Nr. 7 BauGB', 12, false),
  ('wasserwirtschaft', 'Fläche für die Wasserwirtschaft', 'wasser', '#47A7D4', NULL, '10.2', '6_3_2_WaterAreasNotInOtherEconomicUse', '§ 5 Abs. 2 Nr. 7 BauGB', 13, false),
  ('abgrabung', 'Fläche für Aufschüttungen und Abgrabungen', 'abgrabung', '#C9B8A8', NULL, '11', '1_3_MiningAndQuarrying', '§ 5 Abs. 2 Nr. 8 BauGB', 14, false),
  ('landwirtschaft', 'Fläche für die Landwirtschaft', 'land_forst', '#CCE968', NULL, '12.1', '1_1_Agriculture', '§ 5 Abs. 2 Nr. 9 a BauGB', 15, false),
  ('wald', 'Fläche für Wald', 'land_forst', '#34AB8F', NULL, '12.2', '1_2_Forestry', '§ 5 Abs. 2 Nr. 9 b BauGB', 16, false),
  ('klima', 'Fläche für Klimaschutz und Klimaanpassung', 'sonstiges', '#9ED9C9', NULL, NULL, '6_6_NotKnownUse', '§ 5 Abs. 2 Nr. 2 c BauGB', 17, false),
  ('ohne_darstellung', 'Fläche ohne Darstellung', 'sonstiges', '#F2F2F2', NULL, NULL, '6_5_AreasWhereAnyUseAllowed', '§ 5 Abs. 1 Satz 2 BauGB', 18, false),
  ('sonstiges', 'Sonstige Darstellung', 'sonstiges', '#B9A3D0', NULL, NULL, '6_6_NotKnownUse', NULL, 19, false),
  ('nicht_zugeordnet', 'Nicht zugeordnet', 'offen', '#FF0000', NULL, NULL, '6_6_NotKnownUse', NULL, 20, false);

CREATE TABLE fnp.plan (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  gemeinde_id int REFERENCES gemeinde.gemeinde,
  name text NOT NULL,
  nummer text,
  stand text NOT NULL,
  plan_art text,
  verfahren text,
  rechtsstand_code text,
  xplan_name text,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  veroeffentlichung text NOT NULL DEFAULT 'entwurf' REFERENCES freigabe.zustand,
  CONSTRAINT plan_name_nicht_leer CHECK (name <> ''),
  CONSTRAINT plan_stand CHECK (stand IN ('wirksam', 'entwurf', 'frueher'))
);
COMMENT ON TABLE fnp.plan IS 'Flächennutzungsplan
Was der Rat beim Namen nennt; seine Inhalte stehen in Fassungen.';
COMMENT ON COLUMN fnp.plan.id IS 'Interne Nummer';
COMMENT ON COLUMN fnp.plan.kennung IS 'Kennung';
COMMENT ON COLUMN fnp.plan.gemeinde_id IS 'Gemeinde';
COMMENT ON COLUMN fnp.plan.name IS 'Name';
COMMENT ON COLUMN fnp.plan.nummer IS 'Nummer';
COMMENT ON COLUMN fnp.plan.stand IS 'Stand
wirksam, entwurf oder frueher.';
COMMENT ON COLUMN fnp.plan.plan_art IS 'Planart [code FP_PlanArt]';
COMMENT ON COLUMN fnp.plan.verfahren IS 'Verfahren [code FP_Verfahren]';
COMMENT ON COLUMN fnp.plan.rechtsstand_code IS 'Rechtsstand des Plans [code FP_Rechtsstand]';
COMMENT ON COLUMN fnp.plan.xplan_name IS 'Name in der Lieferung';
COMMENT ON COLUMN fnp.plan.version IS 'Version';
COMMENT ON COLUMN fnp.plan.seit IS 'Geändert am';
COMMENT ON COLUMN fnp.plan.erstellt_am IS 'Angelegt am';
COMMENT ON COLUMN fnp.plan.veroeffentlichung IS 'Veröffentlichung';

CREATE TABLE fnp.plan_gemeinde (
  plan_id uuid REFERENCES fnp.plan ON DELETE CASCADE,
  gemeinde_id int REFERENCES gemeinde.gemeinde,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (plan_id, gemeinde_id)
);
COMMENT ON TABLE fnp.plan_gemeinde IS 'Gemeinden eines gemeinsamen Plans';
COMMENT ON COLUMN fnp.plan_gemeinde.plan_id IS 'Plan';
COMMENT ON COLUMN fnp.plan_gemeinde.gemeinde_id IS 'Gemeinde';
COMMENT ON COLUMN fnp.plan_gemeinde.seit IS 'Stand';

CREATE TABLE fnp.importlauf (
  id uuid PRIMARY KEY,
  datei text NOT NULL,
  sha256 text NOT NULL,
  format text NOT NULL,
  version text,
  akteur text NOT NULL,
  begonnen timestamptz NOT NULL,
  beendet timestamptz,
  ergebnis text NOT NULL,
  protokoll jsonb NOT NULL
);
COMMENT ON TABLE fnp.importlauf IS 'Import
Eine eingelesene Datei mit Prüfsumme und Protokoll.';
COMMENT ON COLUMN fnp.importlauf.id IS 'Interne Nummer';
COMMENT ON COLUMN fnp.importlauf.datei IS 'Dateiname';
COMMENT ON COLUMN fnp.importlauf.sha256 IS 'SHA-256 der Datei';
COMMENT ON COLUMN fnp.importlauf.format IS 'Format';
COMMENT ON COLUMN fnp.importlauf.version IS 'Version des Formats';
COMMENT ON COLUMN fnp.importlauf.akteur IS 'Eingelesen von';
COMMENT ON COLUMN fnp.importlauf.begonnen IS 'Begonnen';
COMMENT ON COLUMN fnp.importlauf.beendet IS 'Beendet';
COMMENT ON COLUMN fnp.importlauf.ergebnis IS 'Ergebnis';
COMMENT ON COLUMN fnp.importlauf.protokoll IS 'Protokoll';

CREATE TABLE fnp.fassung (
  id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  plan_id uuid NOT NULL REFERENCES fnp.plan,
  nummer int NOT NULL,
  gueltig daterange,
  stand text NOT NULL,
  aktuell boolean NOT NULL,
  importlauf_id uuid REFERENCES fnp.importlauf,
  eingelesen_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  flaeche_m2 double precision NOT NULL,
  geom geometry(MultiPolygon, 25832),
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT fassung_nummer_eindeutig UNIQUE (plan_id, nummer),
  CONSTRAINT fassung_stand CHECK (stand IN ('wirksam', 'entwurf', 'frueher', 'ersetzt')),
  CONSTRAINT fassung_gueltig_getrennt EXCLUDE USING gist (plan_id WITH =, gueltig WITH &&) WHERE (stand = 'wirksam')
);
CREATE UNIQUE INDEX fassung_eine_aktuelle ON fnp.fassung (plan_id) WHERE aktuell;
COMMENT ON TABLE fnp.fassung IS 'Fassung eines Plans
Eine je Lieferung; Bilanzen und Prüfungen nennen die Fassung, von der sie sprechen.';
COMMENT ON COLUMN fnp.fassung.id IS 'Interne Nummer';
COMMENT ON COLUMN fnp.fassung.plan_id IS 'Plan';
COMMENT ON COLUMN fnp.fassung.nummer IS 'Fassung';
COMMENT ON COLUMN fnp.fassung.gueltig IS 'Gültig';
COMMENT ON COLUMN fnp.fassung.stand IS 'Stand';
COMMENT ON COLUMN fnp.fassung.aktuell IS 'Aktuell';
COMMENT ON COLUMN fnp.fassung.importlauf_id IS 'Import';
COMMENT ON COLUMN fnp.fassung.eingelesen_am IS 'Eingelesen am';
COMMENT ON COLUMN fnp.fassung.flaeche_m2 IS 'Fläche des Geltungsbereichs
Ebene Fläche in EPSG:25832. [einheit m²]';
COMMENT ON COLUMN fnp.fassung.geom IS 'Geltungsbereich';
COMMENT ON COLUMN fnp.fassung.seit IS 'Geändert am';

CREATE TABLE fnp.flaeche (
  fassung_id int NOT NULL,
  ordnung bigint NOT NULL,
  kennung text COLLATE "C" NOT NULL,
  nutzung text NOT NULL,
  klasse text NOT NULL,
  xplan_version text,
  gml_id text,
  codes jsonb NOT NULL,
  codespace text,
  rechtsstand text NOT NULL,
  ebene smallint NOT NULL,
  flaechenschluss boolean NOT NULL,
  name text,
  text text,
  gueltig boolean NOT NULL,
  flaeche_m2 double precision NOT NULL,
  geom geometry(MultiPolygon, 25832) NOT NULL,
  CONSTRAINT flaeche_rechtsstand CHECK (rechtsstand IN ('bestand', 'planung', 'entfaellt', 'ohne_angabe')),
  PRIMARY KEY (fassung_id, ordnung),
  CONSTRAINT flaeche_kennung_eindeutig UNIQUE (fassung_id, kennung)
) PARTITION BY LIST (fassung_id);
CREATE INDEX flaeche_geom ON fnp.flaeche USING gist (geom);
CREATE INDEX flaeche_nutzung ON fnp.flaeche (fassung_id, nutzung, ordnung);

CREATE TABLE fnp.ueberlagerung (LIKE fnp.flaeche INCLUDING CONSTRAINTS, art text NOT NULL,
  PRIMARY KEY (fassung_id, ordnung), CONSTRAINT ueberlagerung_kennung_eindeutig UNIQUE (fassung_id, kennung)) PARTITION BY LIST (fassung_id);
CREATE INDEX ueberlagerung_geom ON fnp.ueberlagerung USING gist (geom);

CREATE TABLE fnp.linie (LIKE fnp.flaeche INCLUDING CONSTRAINTS, laenge_m double precision NOT NULL,
  PRIMARY KEY (fassung_id, ordnung), CONSTRAINT linie_kennung_eindeutig UNIQUE (fassung_id, kennung)) PARTITION BY LIST (fassung_id);
ALTER TABLE fnp.linie DROP COLUMN flaeche_m2, DROP COLUMN gueltig, ALTER COLUMN geom TYPE geometry(MultiLineString, 25832);
CREATE INDEX linie_geom ON fnp.linie USING gist (geom);

CREATE TABLE fnp.punkt (LIKE fnp.flaeche INCLUDING CONSTRAINTS, drehung double precision,
  PRIMARY KEY (fassung_id, ordnung), CONSTRAINT punkt_kennung_eindeutig UNIQUE (fassung_id, kennung)) PARTITION BY LIST (fassung_id);
ALTER TABLE fnp.punkt DROP COLUMN flaeche_m2, DROP COLUMN gueltig, ALTER COLUMN geom TYPE geometry(MultiPoint, 25832);
CREATE INDEX punkt_geom ON fnp.punkt USING gist (geom);

DO $$
DECLARE
  t text; c record;
BEGIN
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt'] LOOP
    FOR c IN SELECT * FROM (VALUES
      ('fassung_id', 'Fassung'), ('ordnung', 'Räumliche Ordnung'), ('kennung', 'Kennung'), ('nutzung', 'Nutzung [code fnp.nutzung]'),
      ('klasse', 'XPlanung-Klasse'), ('xplan_version', 'XPlanung-Version'), ('gml_id', 'gml:id'), ('codes', 'Codes der Lieferung'),
      ('codespace', 'Codeliste'), ('rechtsstand', E'Rechtsstand\nbestand, planung, entfaellt oder ohne_angabe.'), ('ebene', 'Ebene'),
      ('flaechenschluss', 'Teil des Flächenschlusses'), ('name', 'Beschriftung'), ('text', 'Text'),
      ('gueltig', E'Geometrie gültig\nUngültige Flächen stehen in keiner Summe.'),
      ('flaeche_m2', E'Fläche\nEbene Fläche in EPSG:25832. [einheit m²]'), ('geom', 'Geometrie'), ('art', 'Art der Überlagerung'),
      ('laenge_m', E'Länge [einheit m]'), ('drehung', E'Drehung des Zeichens [einheit Grad]')) v(spalte, titel)
      WHERE EXISTS (SELECT FROM pg_attribute WHERE attrelid = ('fnp.' || t)::regclass AND attname = v.spalte AND NOT attisdropped) LOOP
      EXECUTE format('COMMENT ON COLUMN fnp.%I.%I IS %L', t, c.spalte, c.titel);
    END LOOP;
  END LOOP;
END $$;
COMMENT ON TABLE fnp.flaeche IS 'Fläche des Flächennutzungsplans
Polygone des Flächenschlusses (flaechenschluss, Ebene 0).';
COMMENT ON TABLE fnp.ueberlagerung IS 'Überlagernde Darstellung
Polygone außerhalb des Flächenschlusses; nie mit ihm summiert.';
COMMENT ON TABLE fnp.linie IS 'Linienhafte Darstellung';
COMMENT ON TABLE fnp.punkt IS 'Punkthafte Darstellung';

CREATE TABLE fnp.anteil (
  fassung_id int NOT NULL,
  ordnung bigint NOT NULL,
  ortsteil_id int NOT NULL,
  nutzung text NOT NULL,
  rechtsstand text NOT NULL,
  m2 double precision NOT NULL,
  PRIMARY KEY (fassung_id, ordnung, ortsteil_id)
) PARTITION BY LIST (fassung_id);
CREATE INDEX anteil_bilanz ON fnp.anteil (fassung_id, ortsteil_id, nutzung) INCLUDE (m2);
COMMENT ON TABLE fnp.anteil IS 'Fläche × Ortsteil
Wie viel einer Fläche in einem Ortsteil und im Geltungsbereich liegt; Grundlage aller Bilanzen.';
COMMENT ON COLUMN fnp.anteil.fassung_id IS 'Fassung';
COMMENT ON COLUMN fnp.anteil.ordnung IS 'Fläche';
COMMENT ON COLUMN fnp.anteil.ortsteil_id IS 'Ortsteil
0 = in keinem Ortsteil.';
COMMENT ON COLUMN fnp.anteil.nutzung IS 'Nutzung [code fnp.nutzung]';
COMMENT ON COLUMN fnp.anteil.rechtsstand IS 'Rechtsstand';
COMMENT ON COLUMN fnp.anteil.m2 IS 'Fläche im Ortsteil [einheit m²]';

CREATE TABLE fnp.pruefung (
  fassung_id int NOT NULL REFERENCES fnp.fassung,
  ortsteil_id int NOT NULL,
  gebiet_m2 double precision NOT NULL,
  ueberlappung_m2 double precision NOT NULL,
  luecke_m2 double precision NOT NULL,
  ausserhalb_m2 double precision NOT NULL,
  ungueltig_m2 double precision NOT NULL,
  PRIMARY KEY (fassung_id, ortsteil_id)
);
COMMENT ON TABLE fnp.pruefung IS 'Prüfung des Flächenschlusses';
COMMENT ON COLUMN fnp.pruefung.fassung_id IS 'Fassung';
COMMENT ON COLUMN fnp.pruefung.ortsteil_id IS 'Ortsteil
−1 = ganzer Plan, 0 = in keinem Ortsteil.';
COMMENT ON COLUMN fnp.pruefung.gebiet_m2 IS 'Gebiet
Geltungsbereich, beim Ortsteil sein Teil darin. [einheit m²]';
COMMENT ON COLUMN fnp.pruefung.ueberlappung_m2 IS 'Überlappung [einheit m²]';
COMMENT ON COLUMN fnp.pruefung.luecke_m2 IS 'Lücke [einheit m²]';
COMMENT ON COLUMN fnp.pruefung.ausserhalb_m2 IS 'Außerhalb des Geltungsbereichs [einheit m²]';
COMMENT ON COLUMN fnp.pruefung.ungueltig_m2 IS 'Ungültige Flächen
Ihre Fläche nach einer Reparatur nur für diese Zahl. [einheit m²]';

CREATE TABLE fnp.verweis (
  plan_id uuid NOT NULL REFERENCES fnp.plan,
  kennung text COLLATE "C" NOT NULL,
  fassung_id int NOT NULL REFERENCES fnp.fassung,
  nutzung text NOT NULL,
  flaeche_m2 double precision NOT NULL,
  geom geometry(MultiPolygon, 25832) NOT NULL,
  entfallen_in int REFERENCES fnp.fassung,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (plan_id, kennung)
);
COMMENT ON TABLE fnp.verweis IS 'Verweis auf eine Fläche
Anker, an dem Maßnahmen hängen; überlebt neue Lieferungen des Plans mit der zuletzt bekannten Form.';
COMMENT ON COLUMN fnp.verweis.plan_id IS 'Plan';
COMMENT ON COLUMN fnp.verweis.kennung IS 'Kennung der Fläche';
COMMENT ON COLUMN fnp.verweis.fassung_id IS 'Zuletzt gesehen in Fassung';
COMMENT ON COLUMN fnp.verweis.nutzung IS 'Nutzung';
COMMENT ON COLUMN fnp.verweis.flaeche_m2 IS 'Fläche [einheit m²]';
COMMENT ON COLUMN fnp.verweis.geom IS 'Form';
COMMENT ON COLUMN fnp.verweis.entfallen_in IS 'Entfallen in Fassung';
COMMENT ON COLUMN fnp.verweis.seit IS 'Geändert am';

CREATE TABLE fnp.import_befund (
  importlauf_id uuid NOT NULL REFERENCES fnp.importlauf,
  nr int NOT NULL,
  code text NOT NULL,
  schwere text NOT NULL,
  klasse text,
  kennung text,
  text text NOT NULL,
  geom geometry(Point, 25832),
  PRIMARY KEY (importlauf_id, nr),
  CONSTRAINT import_befund_schwere CHECK (schwere IN ('fehler', 'warnung', 'hinweis'))
);
CREATE INDEX import_befund_geom ON fnp.import_befund USING gist (geom);
COMMENT ON TABLE fnp.import_befund IS 'Befund eines Imports';
COMMENT ON COLUMN fnp.import_befund.importlauf_id IS 'Import';
COMMENT ON COLUMN fnp.import_befund.nr IS 'Nummer';
COMMENT ON COLUMN fnp.import_befund.code IS 'Code';
COMMENT ON COLUMN fnp.import_befund.schwere IS 'Schwere';
COMMENT ON COLUMN fnp.import_befund.klasse IS 'XPlanung-Klasse';
COMMENT ON COLUMN fnp.import_befund.kennung IS 'Objekt';
COMMENT ON COLUMN fnp.import_befund.text IS 'Befund';
COMMENT ON COLUMN fnp.import_befund.geom IS 'Ort';

-- The service may load a Fassung but create nothing else: definer functions of the owner.
CREATE FUNCTION fnp.fassung_anlegen(welt text, nummer int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  t text;
BEGIN
  IF welt NOT IN ('fnp', 'oeffentlich') THEN
    RAISE EXCEPTION 'unbekannte Welt %', welt;
  END IF;
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
    EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS, CHECK (fassung_id = %s))', welt, t || '_f' || nummer, welt, t, nummer);
  END LOOP;
END $$;
COMMENT ON FUNCTION fnp.fassung_anlegen IS 'Legt die leeren Teiltabellen einer Fassung an, noch nicht eingehängt';

CREATE FUNCTION fnp.fassung_anhaengen(welt text, nummer int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  t text;
BEGIN
  IF welt NOT IN ('fnp', 'oeffentlich') THEN
    RAISE EXCEPTION 'unbekannte Welt %', welt;
  END IF;
  FOREACH t IN ARRAY ARRAY['flaeche', 'ueberlagerung', 'linie', 'punkt', 'anteil'] LOOP
    EXECUTE format('ALTER TABLE %I.%I ATTACH PARTITION %I.%I FOR VALUES IN (%s)', welt, t, welt, t || '_f' || nummer, nummer);
    EXECUTE format('ANALYZE %I.%I', welt, t || '_f' || nummer);
  END LOOP;
END $$;
COMMENT ON FUNCTION fnp.fassung_anhaengen IS 'Hängt die geladenen Teiltabellen einer Fassung ein; die Indizes entstehen dabei';

CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON fnp.plan FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt();
SELECT audit.verfolge(t::regclass) FROM unnest(ARRAY['fnp.plan', 'fnp.plan_gemeinde', 'fnp.fassung', 'fnp.verweis']) t;
RESET ROLE;

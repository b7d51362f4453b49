-- Village renewal: areas with their procedure and state; a project is a measure.
SET LOCAL ROLE zielraum_owner;

CREATE TABLE dorferneuerung.gebiet_typ (schluessel text PRIMARY KEY, titel text NOT NULL, reihenfolge int NOT NULL UNIQUE);
CREATE TABLE dorferneuerung.gebiet_stand (schluessel text PRIMARY KEY, titel text NOT NULL, farbe text NOT NULL, symbol text NOT NULL, reihenfolge int NOT NULL UNIQUE);
COMMENT ON TABLE dorferneuerung.gebiet_typ IS 'Art des Gebiets';
COMMENT ON COLUMN dorferneuerung.gebiet_typ.schluessel IS 'Schlüssel';
COMMENT ON COLUMN dorferneuerung.gebiet_typ.titel IS 'Bezeichnung';
COMMENT ON COLUMN dorferneuerung.gebiet_typ.reihenfolge IS 'Reihenfolge';
COMMENT ON TABLE dorferneuerung.gebiet_stand IS 'Stand des Gebiets';
COMMENT ON COLUMN dorferneuerung.gebiet_stand.schluessel IS 'Schlüssel';
COMMENT ON COLUMN dorferneuerung.gebiet_stand.titel IS 'Bezeichnung';
COMMENT ON COLUMN dorferneuerung.gebiet_stand.farbe IS 'Farbe';
COMMENT ON COLUMN dorferneuerung.gebiet_stand.symbol IS 'Zeichen';
COMMENT ON COLUMN dorferneuerung.gebiet_stand.reihenfolge IS 'Reihenfolge';
INSERT INTO dorferneuerung.gebiet_typ VALUES
  ('dorferneuerung', 'Dorferneuerung', 1), ('eler_einzelmassnahme', 'ELER-Einzelmaßnahme', 2),
  ('sanierungsgebiet', 'Sanierungsgebiet', 3), ('soziale_stadt', 'Soziale Stadt', 4);
INSERT INTO dorferneuerung.gebiet_stand VALUES
  ('idee', 'Idee', '#9E9E9E', '○', 1), ('beantragt', 'Beantragt', '#1E88E5', '◔', 2), ('abgelehnt', 'Abgelehnt', '#8D3B3B', '✖', 3),
  ('angeordnet', 'Angeordnet', '#6A4FB3', '◑', 4), ('in_umsetzung', 'In Umsetzung', '#EF6C00', '◕', 5), ('abgeschlossen', 'Abgeschlossen', '#2E7D32', '✔', 6);

CREATE TABLE dorferneuerung.gebiet (
  id uuid PRIMARY KEY,
  kennung text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  ortsteil_id int REFERENCES gemeinde.ortsteil,
  typ text NOT NULL REFERENCES dorferneuerung.gebiet_typ,
  stand text NOT NULL REFERENCES dorferneuerung.gebiet_stand,
  traeger text,
  geom geometry(MultiPolygon, 25832) NOT NULL,
  flaeche_m2 double precision NOT NULL GENERATED ALWAYS AS (st_area(geom)) STORED,
  version int NOT NULL DEFAULT 1,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  veroeffentlichung text NOT NULL DEFAULT 'entwurf' REFERENCES freigabe.zustand,
  CONSTRAINT gebiet_name_nicht_leer CHECK (name <> ''),
  CONSTRAINT gebiet_geom_gueltig CHECK (st_isvalid(geom))
);
CREATE INDEX gebiet_geom ON dorferneuerung.gebiet USING gist (geom);
COMMENT ON TABLE dorferneuerung.gebiet IS 'Dorferneuerungsgebiet';
COMMENT ON COLUMN dorferneuerung.gebiet.id IS 'Interne Nummer';
COMMENT ON COLUMN dorferneuerung.gebiet.kennung IS 'Kennung';
COMMENT ON COLUMN dorferneuerung.gebiet.name IS 'Name';
COMMENT ON COLUMN dorferneuerung.gebiet.ortsteil_id IS 'Ortsteil';
COMMENT ON COLUMN dorferneuerung.gebiet.typ IS 'Art [code dorferneuerung.gebiet_typ]';
COMMENT ON COLUMN dorferneuerung.gebiet.stand IS 'Stand [code dorferneuerung.gebiet_stand]';
COMMENT ON COLUMN dorferneuerung.gebiet.traeger IS 'Träger';
COMMENT ON COLUMN dorferneuerung.gebiet.geom IS 'Gebiet';
COMMENT ON COLUMN dorferneuerung.gebiet.flaeche_m2 IS 'Fläche
Ebene Fläche in EPSG:25832. [einheit m²]';
COMMENT ON COLUMN dorferneuerung.gebiet.version IS 'Version';
COMMENT ON COLUMN dorferneuerung.gebiet.seit IS 'Geändert am';
COMMENT ON COLUMN dorferneuerung.gebiet.erstellt_am IS 'Angelegt am';
COMMENT ON COLUMN dorferneuerung.gebiet.veroeffentlichung IS 'Veröffentlichung [code freigabe.zustand]';

CREATE TABLE dorferneuerung.gebiet_massnahme (
  gebiet_id uuid REFERENCES dorferneuerung.gebiet ON DELETE CASCADE,
  massnahme_id uuid REFERENCES strategie.massnahme ON DELETE CASCADE,
  seit timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (gebiet_id, massnahme_id)
);
CREATE INDEX gebiet_massnahme_massnahme ON dorferneuerung.gebiet_massnahme (massnahme_id);
COMMENT ON TABLE dorferneuerung.gebiet_massnahme IS 'Projekt eines Dorferneuerungsgebiets';
COMMENT ON COLUMN dorferneuerung.gebiet_massnahme.gebiet_id IS 'Gebiet';
COMMENT ON COLUMN dorferneuerung.gebiet_massnahme.massnahme_id IS 'Maßnahme';
COMMENT ON COLUMN dorferneuerung.gebiet_massnahme.seit IS 'Stand';

CREATE TRIGGER kennung_bleibt BEFORE UPDATE ON dorferneuerung.gebiet FOR EACH ROW EXECUTE FUNCTION audit.kennung_bleibt();
SELECT audit.verfolge('dorferneuerung.gebiet'), audit.verfolge('dorferneuerung.gebiet_massnahme');
RESET ROLE;

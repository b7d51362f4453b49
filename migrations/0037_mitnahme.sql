-- Edited GeoPackages on their way back: what a file says, kept between comparing and accepting.

CREATE TABLE freigabe.mitnahme (
  id uuid PRIMARY KEY,
  konto text NOT NULL,
  datei text NOT NULL,
  sha256 text NOT NULL,
  inhalt jsonb NOT NULL,
  erstellt_am timestamptz NOT NULL DEFAULT clock_timestamp(),
  bis timestamptz NOT NULL DEFAULT clock_timestamp() + interval '7 days',
  uebernommen_am timestamptz,
  ergebnis jsonb,
  CONSTRAINT mitnahme_ergebnis CHECK ((uebernommen_am IS NULL) = (ergebnis IS NULL))
);
CREATE INDEX mitnahme_konto ON freigabe.mitnahme (konto, erstellt_am);
CREATE INDEX mitnahme_bis ON freigabe.mitnahme (bis);
COMMENT ON TABLE freigabe.mitnahme IS 'Vergleich einer bearbeiteten Datei
Was ein mitgenommenes und bearbeitetes GeoPackage gegenüber seinem Ausgangsstand sagt; bleibt sieben Tage, damit es geprüft und übernommen werden kann.';
COMMENT ON COLUMN freigabe.mitnahme.id IS 'Nummer des Vergleichs';
COMMENT ON COLUMN freigabe.mitnahme.konto IS 'Wer die Datei zurückgebracht hat';
COMMENT ON COLUMN freigabe.mitnahme.datei IS 'Name der Datei';
COMMENT ON COLUMN freigabe.mitnahme.sha256 IS 'SHA-256 der Datei';
COMMENT ON COLUMN freigabe.mitnahme.inhalt IS 'Unterschiede zum Ausgangsstand';
COMMENT ON COLUMN freigabe.mitnahme.erstellt_am IS 'Zurückgebracht am';
COMMENT ON COLUMN freigabe.mitnahme.bis IS 'Aufbewahrt bis';
COMMENT ON COLUMN freigabe.mitnahme.uebernommen_am IS 'Übernommen am
Danach wird aus diesem Vergleich nichts mehr geschrieben.';
COMMENT ON COLUMN freigabe.mitnahme.ergebnis IS 'Was übernommen wurde';
-- It holds drafts: its author alone reads it, through the writing role.
REVOKE SELECT ON freigabe.mitnahme FROM zielraum_staff;
GRANT SELECT, INSERT, UPDATE, DELETE ON freigabe.mitnahme TO zielraum_write;

-- Empty tables of the session over the derived ones: the functions of the schema name no schema,
-- so they fill these. Read-only from then on: if one ever named a schema, it would fail here and
-- not touch the data.
CREATE TEMPORARY TABLE massnahme_flaeche (LIKE massnahme_flaeche INCLUDING DEFAULTS) ON COMMIT DROP;
CREATE TEMPORARY TABLE massnahme_ortsteil (LIKE massnahme_ortsteil INCLUDING DEFAULTS) ON COMMIT DROP;
CREATE TEMPORARY TABLE anteil (LIKE anteil INCLUDING DEFAULTS) ON COMMIT DROP;
SET TRANSACTION READ ONLY;

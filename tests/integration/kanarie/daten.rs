//! Fills whatever is not public. Tables and columns come from the catalogue and from
//! `freigabe.art` and `freigabe.teil`: what is added there is filled too.

#[expect(clippy::disallowed_types, reason = "test support: names made here")]
use sqlx::AssertSqlSafe;
use zielraum::auth::Rolle;
use zielraum::auth::konto::{self, Angaben};

use crate::freigabe::als;
use crate::lieferung::Plan;
use crate::support::{TestDb, admin};

/// The rare word, in whatever case.
pub const WORT: &str = "xyloquarz";
/// Digits of the rare amount.
pub const ZAHL: &str = "7770077007";
/// Author of every change made here: nobody may learn who works on what.
const WER: &str = "konto:xyloquarz";

/// What was published before and is confidential, withdrawn or a note now.
const VORHER: &str = "
UPDATE massnahme SET intern_notiz = 'Xyloquarz Notiz';
UPDATE massnahme SET beschreibung = 'Xyloquarz vertraulich' WHERE kennung = (SELECT min(kennung) FROM oeffentlich.massnahme);
UPDATE gebiet SET traeger = 'Xyloquarz Eigentümer' WHERE kennung = (SELECT min(kennung) FROM oeffentlich.gebiet);
INSERT INTO teilschritt (id, kennung, titel, massnahme_id) SELECT gen_random_uuid(), 'xyloquarz-schritt', 'Xyloquarz Schritt', id FROM massnahme WHERE kennung = (SELECT min(kennung) FROM oeffentlich.massnahme);
INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand) SELECT '00000000-0000-0000-00ff-000000000001', id, 2031, 'finanzplan', 'investition', 777007700701, '2025-01-01' FROM massnahme WHERE kennung = (SELECT min(kennung) FROM oeffentlich.massnahme);
INSERT INTO finanzwert (id, massnahme_id, jahr, planfassung, art, betrag_ct, stand, vertraulich) SELECT gen_random_uuid(), id, 2032, 'finanzplan', 'investition', 777007700702, '2025-01-01', true FROM massnahme WHERE kennung = (SELECT min(kennung) FROM oeffentlich.massnahme);
INSERT INTO beschluss (id, kennung, titel, gremium, datum, oeffentlich) VALUES ('00000000-0000-0000-00ff-000000000002', 'xyloquarz-beschluss-still', 'Xyloquarz nicht öffentlich', 'Stadtrat', '2025-01-01', false);
INSERT INTO beschluss_bezug (id, beschluss_id, massnahme_id) SELECT gen_random_uuid(), '00000000-0000-0000-00ff-000000000002', id FROM massnahme;
INSERT INTO akteur (id, kennung, titel, art, veroeffentlichung) VALUES (gen_random_uuid(), 'xyloquarz-privat', 'Xyloquarz Person', 'buerger', 'intern');
INSERT INTO zustaendigkeit (id, akteur_id, massnahme_id, rolle) SELECT gen_random_uuid(), a.id, m.id, 'informiert' FROM akteur a, massnahme m WHERE a.kennung = 'xyloquarz-privat';
INSERT INTO massnahme (id, kennung, titel, art) VALUES ('00000000-0000-0000-00ff-000000000003', 'xyloquarz-zurueck', 'Xyloquarz zurückgezogen', 'bau');
INSERT INTO raumbezug (id, massnahme_id, art, geom) VALUES (gen_random_uuid(), '00000000-0000-0000-00ff-000000000003', 'punkt', st_setsrid('MULTIPOINT (655555 5355555)'::geometry, 25832));
INSERT INTO fachplan (id, kennung, titel, typ) SELECT gen_random_uuid(), 'gezeigter-fachplan', 'Gezeigter Fachplan', min(schluessel) FROM fachplan_typ;
INSERT INTO trend (id, kennung, titel) VALUES (gen_random_uuid(), 'gezeigter-trend', 'Gezeigter Trend');
SELECT freigabe.veroeffentliche('fachplan', array_agg(id)) FROM fachplan WHERE kennung = 'gezeigter-fachplan';
SELECT freigabe.veroeffentliche('trend', array_agg(id)) FROM trend WHERE kennung = 'gezeigter-trend';
SELECT freigabe.veroeffentliche('beschluss', array_agg(id)) FROM beschluss;
SELECT freigabe.veroeffentliche('gebiet', array_agg(id)) FROM gebiet;
SELECT freigabe.veroeffentliche('massnahme', array_agg(m.id)) FROM massnahme m WHERE m.id IN (SELECT id FROM oeffentlich.massnahme) OR m.kennung = 'xyloquarz-zurueck';
";
const ZURUECK: &str = "
UPDATE massnahme SET titel = 'Xyloquarz zweimal' WHERE kennung = 'xyloquarz-zurueck';
SELECT freigabe.veroeffentliche('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'xyloquarz-zurueck';
SELECT freigabe.ziehe_zurueck('massnahme', array_agg(id)) FROM massnahme WHERE kennung = 'xyloquarz-zurueck';
SELECT freigabe.setze_vertraulich('strategie.massnahme', min(kennung), 'beschreibung', NULL, 'Xyloquarz Grund') FROM oeffentlich.massnahme;
SELECT freigabe.setze_vertraulich('dorferneuerung.gebiet', min(kennung), 'traeger', freigabe.heute(), 'Xyloquarz Grund') FROM oeffentlich.gebiet;
SELECT freigabe.setze_vertraulich('strategie.teilschritt', 'xyloquarz-schritt', '*', NULL, 'Xyloquarz Grund');
SELECT freigabe.setze_vertraulich('haushalt.finanzwert', '00000000-0000-0000-00ff-000000000001', 'betrag_ct', NULL, 'Xyloquarz Grund');
";

/// New drafts of every kind, then a draft over every public row and every part: all free
/// texts, amounts, values and shapes.
const ENTWUERFE: &str = "
DO $$
DECLARE
  t record; setze text; spalten text; n text;
BEGIN
  FOR t IN SELECT art, relation FROM freigabe.art ORDER BY reihenfolge LOOP
    SELECT string_agg(quote_ident(attname), ', ') INTO spalten FROM pg_attribute WHERE attrelid = t.relation::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('INSERT INTO %1$s (%2$s) SELECT %2$s FROM (SELECT (jsonb_populate_record(q, jsonb_build_object(''id'', gen_random_uuid(), ''kennung'', ''xyloquarz-%3$s'', ''version'', 1, ''veroeffentlichung'', ''entwurf'') || %4$L)).* FROM %1$s q LIMIT 1) x',
      t.relation, spalten, t.art, CASE t.art WHEN 'strategiefassung' THEN '{\"zustand\": \"entwurf\"}' WHEN 'massnahme' THEN '{\"beschlussstand\": \"idee\", \"umsetzungsphase\": \"nicht_begonnen\"}' ELSE '{}' END::jsonb);
  END LOOP;
  INSERT INTO raumbezug (id, massnahme_id, art, geom) SELECT gen_random_uuid(), id, 'punkt', st_setsrid('MULTIPOINT (655555 5355555)'::geometry, 25832) FROM massnahme WHERE kennung = 'xyloquarz-massnahme';
  FOR t IN SELECT relation FROM freigabe.art UNION SELECT relation FROM freigabe.teil UNION VALUES ('fnp.flaeche'), ('fnp.ueberlagerung'), ('fnp.linie'), ('fnp.punkt') LOOP
    SELECT string_agg(CASE WHEN a.attname = 'betrag_ct' THEN 'betrag_ct = 777007700777' WHEN a.attname = 'wert' THEN 'wert = 7770077007.7' ELSE format('%I = %L', a.attname, 'Xyloquarz Entwurf') END, ', ') INTO setze
      FROM pg_attribute a WHERE a.attrelid = t.relation::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname <> 'kennung'
        AND (format_type(a.atttypid, NULL) = 'text' OR a.attname IN ('betrag_ct', 'wert') AND t.relation <> 'x')
        AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = a.attrelid AND a.attnum = ANY (c.conkey) AND (c.contype IN ('f', 'p', 'u') OR c.contype = 'c' AND (cardinality(c.conkey) > 1 OR pg_get_constraintdef(c.oid) !~ '<> ''''::text') AND a.attname NOT IN ('betrag_ct', 'wert')))
        AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey::int2[]))
        AND a.attname NOT IN ('veroeffentlichung', 'nutzung', 'klasse');
    IF setze IS NOT NULL THEN
      EXECUTE format('UPDATE %s SET %s', t.relation, setze);
    END IF;
  END LOOP;
  UPDATE raumbezug SET geom = CASE art WHEN 'punkt' THEN st_setsrid('MULTIPOINT (655555 5355555)'::geometry, 25832) WHEN 'linie' THEN st_setsrid('MULTILINESTRING ((655555 5355555, 655556 5355556))'::geometry, 25832)
    ELSE st_multi(st_makeenvelope(655555, 5355555, 655655, 5355655, 25832)) END WHERE geom IS NOT NULL;
  UPDATE gebiet SET geom = st_multi(st_makeenvelope(655555, 5355555, 655655, 5355655, 25832));
  UPDATE fachplan SET geom = st_multi(st_makeenvelope(655555, 5355555, 655655, 5355655, 25832));
  INSERT INTO fachobjekt (id, kennung, art, name, quelle, stand, geom, veroeffentlichung) VALUES (gen_random_uuid(), 'xyloquarz-intern', 'altlast', 'Xyloquarz Altlast', 'Xyloquarz Amt', '2025-01-01', st_setsrid('MULTIPOINT (655555 5355555)'::geometry, 25832), 'intern');
END $$;
SELECT freigabe.beantrage('00000000-0000-0000-00ff-00000000000a', 'massnahme', id, 'Xyloquarz Begründung') FROM massnahme WHERE kennung = 'xyloquarz-massnahme';
";

/// What the walk must know of it.
pub struct Versteckt {
    /// A moment at which some of it was public.
    pub damals: String,
    /// Kennungen of what lies closest to it: kind and key of the first public rows of every
    /// kind, and what was withdrawn.
    pub nah: Vec<(String, String)>,
}

/// Hides word, number and place wherever something is not public.
pub async fn verstecke(db: &TestDb) -> Versteckt {
    let schreibe = async |was: &str, sql: &str| {
        als(db, WER, sql)
            .await
            .unwrap_or_else(|fehler| panic!("{was}: {fehler:?}"));
    };
    schreibe("before", VORHER).await;
    // A public plan with its protocol, by somebody nobody may know.
    let gezeigt = Plan::neu("Gezeigt").wohnen(300.0, 500.0);
    let mut auftrag = gezeigt.auftrag();
    auftrag.veroeffentlichen = true;
    auftrag.wer = WER.into();
    zielraum::import::fnp::fuehre_aus(db, &auftrag)
        .await
        .unwrap();
    let damals = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    schreibe("back", ZURUECK).await;
    schreibe("drafts", ENTWUERFE).await;
    // A plan that is a draft, by somebody, from a file with a name.
    let plan = Plan::neu("Xyloquarz")
        .wohnen(0.0, 200.0)
        .rechtsstand(Some("1000"));
    let mut auftrag = plan.auftrag();
    auftrag.wer = WER.into();
    zielraum::import::fnp::fuehre_aus(db, &auftrag)
        .await
        .unwrap();
    let angaben = Angaben {
        rollen: vec![Rolle::Strategie],
        ..Angaben::default()
    };
    konto::lege_an(&db.auth, WER, WORT, "Xyloquarz Person", &angaben, None)
        .await
        .unwrap();
    Versteckt {
        damals,
        nah: nah(db).await,
    }
}

async fn nah(db: &TestDb) -> Vec<(String, String)> {
    let mut nah = vec![("massnahme".to_owned(), "xyloquarz-zurueck".to_owned())];
    let arten: Vec<(String, String)> =
        sqlx::query_as("SELECT art, 'oeffentlich.' || split_part(relation, '.', 2) FROM freigabe.art ORDER BY reihenfolge")
            .fetch_all(&admin(db).await)
            .await
            .unwrap();
    for (art, relation) in arten {
        let sql = format!("SELECT kennung FROM {relation} ORDER BY kennung LIMIT 2");
        let kennungen: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_all(&admin(db).await)
            .await
            .unwrap();
        nah.extend(kennungen.into_iter().map(|kennung| (art.clone(), kennung)));
    }
    assert!(nah.len() > 10, "{nah:?}");
    nah
}

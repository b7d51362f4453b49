//! The same questions as a careful colleague writes them without anything derived: places, areas and
//! Ortsteile are joined when asked, on their indexes. States, goals and money come from the same views
//! as ours, so that what is compared is the join and the way of asking, not the content.

/// The answer of a list from `treffer (id, m2)`: kennung, m², then what a list shows besides.
macro_rules! liste {
    ($treffer:literal) => {
        concat!(
            "WITH RECURSIVE treffer (id, m2) AS (",
            $treffer,
            ") SELECT m.kennung, coalesce(t.m2, 0)::float8, m.nummer, m.titel, m.kurztext, m.beginn, m.ende, m.leitprojekt, s.ampel, s.ampel_anlass, s.verzug_tage, s.fortschritt, s.aktualitaet, s.horizont,
                 u.titel, b.titel, (SELECT jsonb_agg(jsonb_build_object('kennung', z.kennung, 'titel', z.titel, 'beitrag', zm.beitrag, 'feld', h.titel, 'farbe', h.farbe)) FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE zm.massnahme_id = m.id),
                 ARRAY(SELECT DISTINCT art FROM raumbezug r WHERE r.massnahme_id = m.id)
               FROM treffer t JOIN massnahme m ON m.id = t.id JOIN massnahme_stand s ON s.massnahme_id = m.id JOIN umsetzungsphase u ON u.schluessel = m.umsetzungsphase JOIN beschlussstand b ON b.schluessel = m.beschlussstand WHERE $1::text IS NOT NULL"
        )
    };
}

/// Kennung and m² alone.
pub const KNAPP: &str = "SELECT m.kennung, coalesce(sum(x.m2), 0)::float8 FROM massnahme m JOIN (
    SELECT r.massnahme_id, nullif(st_area(st_intersection(r.geom, o.geom)), 0) AS m2 FROM ortsteil o JOIN raumbezug r ON st_intersects(r.geom, o.geom) WHERE o.kennung = $1
    UNION ALL SELECT r.massnahme_id, NULL FROM ortsteil o JOIN raumbezug r ON r.ortsteil_id = o.id WHERE o.kennung = $1) x ON x.massnahme_id = m.id GROUP BY 1";
/// The same from what is stored.
pub const KNAPP_GESPEICHERT: &str = "SELECT m.kennung, coalesce(mo.schnitt_m2, 0)::float8 FROM massnahme_ortsteil mo JOIN ortsteil o ON o.id = mo.ortsteil_id JOIN massnahme m ON m.id = mo.massnahme_id WHERE o.kennung = $1";

/// Measures of an Ortsteil.
pub const ORTSTEIL: &str = liste!(
    "SELECT r.massnahme_id, sum(st_area(st_intersection(r.geom, o.geom))) FROM ortsteil o JOIN raumbezug r ON st_intersects(r.geom, o.geom) WHERE o.kennung = $1 GROUP BY 1
     UNION ALL SELECT r.massnahme_id, NULL FROM ortsteil o JOIN raumbezug r ON r.ortsteil_id = o.id WHERE o.kennung = $1
     UNION ALL SELECT massnahme_id, NULL FROM raumbezug WHERE art = 'gesamtstadt'"
);
/// On a land use, for a goal.
pub const NUTZUNG_ZIEL: &str = liste!(
    "SELECT r.massnahme_id, sum(st_area(st_intersection(r.geom, f.geom))) FROM raumbezug r JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, r.geom)
       JOIN ziel_massnahme zm ON zm.massnahme_id = r.massnahme_id JOIN ziel z ON z.id = zm.ziel_id WHERE f.nutzung = 'G' AND z.kennung = 'z3' GROUP BY 1 HAVING bool_or(st_dimension(r.geom) < 2) OR sum(st_area(st_intersection(r.geom, f.geom))) > 0.01
     UNION ALL SELECT r.massnahme_id, NULL FROM raumbezug r JOIN ziel_massnahme zm USING (massnahme_id) JOIN ziel z ON z.id = zm.ziel_id WHERE r.art = 'gesamtstadt' AND z.kennung = 'z3'"
);
/// On a land use.
pub const NUTZUNG: &str = liste!(
    "SELECT r.massnahme_id, sum(st_area(st_intersection(r.geom, f.geom))) FROM raumbezug r JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, r.geom) WHERE f.nutzung = 'G'
       GROUP BY 1 HAVING bool_or(st_dimension(r.geom) < 2) OR sum(st_area(st_intersection(r.geom, f.geom))) > 0.01
     UNION ALL SELECT massnahme_id, NULL FROM raumbezug WHERE art = 'gesamtstadt'"
);
/// In the polygon $1 (WKT), and in the parcel of this shape.
pub const POLYGON: &str = liste!(
    "SELECT r.massnahme_id, sum(st_area(st_intersection(r.geom, p.geom))) FROM (SELECT st_geomfromtext($1, 25832) AS geom) p JOIN raumbezug r ON st_intersects(r.geom, p.geom) GROUP BY 1
     UNION ALL SELECT r.massnahme_id, NULL FROM (SELECT st_geomfromtext($1, 25832) AS geom) p JOIN ortsteil o ON o.geom && p.geom AND st_area(st_intersection(o.geom, p.geom)) > 0.01 JOIN raumbezug r ON r.ortsteil_id = o.id
     UNION ALL SELECT massnahme_id, NULL FROM raumbezug WHERE art = 'gesamtstadt'"
);
/// Within 500 m of the point $1 (WKT).
pub const UMKREIS: &str = liste!(
    "SELECT r.massnahme_id, NULL::float8 FROM raumbezug r WHERE st_dwithin(r.geom, st_geomfromtext($1, 25832), 500)
     UNION SELECT r.massnahme_id, NULL FROM ortsteil o JOIN raumbezug r ON r.ortsteil_id = o.id WHERE st_dwithin(o.geom, st_geomfromtext($1, 25832), 500)
     UNION SELECT massnahme_id, NULL FROM raumbezug WHERE art = 'gesamtstadt'"
);
/// For a goal.
pub const ZIEL: &str = liste!(
    "SELECT zm.massnahme_id, NULL::float8 FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id WHERE z.kennung = $1"
);
/// For a Handlungsfeld.
pub const HANDLUNGSFELD: &str = liste!(
    "SELECT DISTINCT zm.massnahme_id, NULL::float8 FROM ziel_massnahme zm JOIN ziel z ON z.id = zm.ziel_id JOIN handlungsfeld h ON h.id = z.handlungsfeld_id WHERE h.kennung = $1"
);
/// By traffic light.
pub const AMPEL: &str =
    liste!("SELECT massnahme_id, NULL::float8 FROM massnahme_stand WHERE ampel = $1");
/// Running in a year, of a unit.
pub const JAHR_AMT: &str = liste!(
    "SELECT m.id, NULL::float8 FROM massnahme m JOIN zustaendigkeit zu ON zu.massnahme_id = m.id JOIN akteur a ON a.id = zu.akteur_id
     WHERE a.kennung = $1 AND (m.beginn IS NULL OR m.beginn <= '2027-12-31') AND (m.ende IS NULL OR m.dauerhaft OR m.ende >= '2027-01-01')"
);

/// Balance of an Ortsteil.
pub const BILANZ: &str = "SELECT f.nutzung, sum(st_area(st_intersection(f.geom, o.geom))) FROM ortsteil o JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, o.geom) WHERE o.kennung = $1 GROUP BY 1";
/// m² that serve or strain each goal there.
pub const FLAECHENZIELE: &str = "SELECT z.kennung, coalesce(sum(a.m2) FILTER (WHERE w.wirkung > 0), 0) FROM (SELECT f.nutzung, sum(st_area(st_intersection(f.geom, o.geom))) AS m2 FROM ortsteil o JOIN flaeche f ON f.fassung_id = 1 AND st_intersects(f.geom, o.geom) WHERE o.kennung = $1 GROUP BY 1) a
    JOIN ziel_nutzungsart_wirkung w ON w.nutzung = a.nutzung AND w.wirkung <> 0 JOIN ziel z ON z.id = w.ziel_id GROUP BY 1";
/// Where indicators stand there.
pub const KENNZAHLEN: &str = "SELECT k.kennung, s.ist::float8, s.soll, s.abweichung, s.ampel FROM kennzahl_stand s JOIN kennzahl k ON k.id = s.kennzahl_id JOIN ortsteil o ON o.id = s.ortsteil_id WHERE o.kennung = $1";
/// Costs of the measures there, by the part of them that lies there.
pub const GELD: &str = "SELECT m.kennung, (k.kosten_ct * CASE st_dimension(r.geom) WHEN 2 THEN st_area(st_intersection(r.geom, o.geom)) / st_area(r.geom) WHEN 1 THEN st_length(st_intersection(r.geom, o.geom)) / st_length(r.geom) ELSE 1 END)::float8 FROM ortsteil o JOIN raumbezug r ON st_intersects(r.geom, o.geom)
    JOIN massnahme m ON m.id = r.massnahme_id JOIN massnahme_kosten k ON k.massnahme_id = m.id WHERE o.kennung = $1
    UNION ALL SELECT m.kennung, k.kosten_ct::float8 FROM ortsteil o JOIN raumbezug r ON r.ortsteil_id = o.id JOIN massnahme m ON m.id = r.massnahme_id JOIN massnahme_kosten k ON k.massnahme_id = m.id WHERE o.kennung = $1";
/// Costs of the measures of the whole town.
pub const GELD_STADT: &str = "SELECT 'summe', sum(k.kosten_ct)::float8 FROM raumbezug r JOIN massnahme_kosten k ON k.massnahme_id = r.massnahme_id WHERE r.art = 'gesamtstadt' AND $1::text IS NOT NULL";

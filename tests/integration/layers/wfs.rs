//! The WFS: every object once, filters as SQL counts them, and refusals a program can read.

use std::collections::HashSet;

use axum::Router;
use zielraum::http::link::kodiere;
use zielraum::wfs::xml::{self, Element};

use super::gml::{pruefe, typen};
use super::support::{Antwort, dienst, hole, json, pfad, zahl};
use crate::anfrage::poste;

const FRAGE: &str = "/wfs?service=WFS&version=2.0.0&request=GetFeature";

async fn dokument(router: &Router, adresse: &str) -> Element {
    let antwort = hole(router, adresse).await;
    assert_eq!(antwort.status, 200, "{adresse}: {}", antwort.text);
    xml::lies_lang(&antwort.text, "").unwrap()
}

fn ids(doc: &Element) -> Vec<String> {
    let glieder = doc.alle("member");
    glieder
        .map(|g| g.kinder[0].attribut("id").unwrap().to_owned())
        .collect()
}

fn treffer(doc: &Element) -> i64 {
    doc.attribut("numberMatched").unwrap().parse().unwrap()
}

#[tokio::test]
async fn capabilities_name_every_layer_and_negotiate_versions() {
    let (_db, router) = dienst().await;
    let frage = "/wfs?SERVICE=wfs&request=GetCapabilities";
    let doc = dokument(&router, frage).await;
    assert_eq!(doc.attribut("version"), Some("2.0.0"));
    let genannt: Vec<String> = doc
        .eines("FeatureTypeList")
        .unwrap()
        .alle("FeatureType")
        .map(|typ| typ.eines("Name").unwrap().text.clone())
        .collect();
    let sammlungen = json(&router, "/collections").await;
    let erwartet: Vec<String> = sammlungen["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| format!("zr:{}", s["id"].as_str().unwrap()))
        .collect();
    assert_eq!(genannt, erwartet);
    assert!(!genannt.contains(&"zr:entwurf".to_owned()));
    for (rest, version) in [
        ("&acceptVersions=1.1.0,2.0.2", "2.0.2"),
        ("&version=2.0.2", "2.0.2"),
        ("&version=1.1.0", "2.0.0"),
        ("&AcceptVersions=2.0.0", "2.0.0"),
    ] {
        let doc = dokument(&router, &format!("{frage}{rest}")).await;
        assert_eq!(doc.attribut("version"), Some(version), "{rest}");
    }
    let doc = dokument(&router, &format!("{frage}&sections=FeatureTypeList")).await;
    assert_eq!(doc.kinder.len(), 1);
    let start = json(&router, "/").await;
    let links = start["links"].as_array().unwrap();
    let link = links.iter().find(|l| l["rel"] == "related").unwrap();
    dokument(&router, pfad(link["href"].as_str().unwrap())).await;
}

#[tokio::test]
async fn every_object_of_every_layer_comes_once_in_pages() {
    let (_db, router) = dienst().await;
    let sammlungen = json(&router, "/collections").await;
    let schema = hole(
        &router,
        "/wfs?service=WFS&version=2.0.0&request=DescribeFeatureType",
    )
    .await;
    let typen = typen(&schema.text);
    let mut geprueft = 0;
    for sammlung in sammlungen["collections"].as_array().unwrap() {
        let id = sammlung["id"].as_str().unwrap();
        let gesamt = sammlung["itemCount"].as_i64().unwrap();
        let mut gesehen = HashSet::new();
        let mut weiter = Some(format!("{FRAGE}&typeNames=zr:{}&count=700", kodiere(id)));
        while let Some(adresse) = weiter {
            let doc = dokument(&router, &adresse).await;
            let hier = ids(&doc);
            assert_eq!(treffer(&doc), gesamt, "{id}");
            assert_eq!(
                doc.attribut("numberReturned").unwrap(),
                hier.len().to_string()
            );
            let mut alle = HashSet::new();
            for glied in doc.alle("member") {
                pruefe(&typen[&glied.kinder[0].name], &glied.kinder[0], &mut alle);
                geprueft += 1;
            }
            for neu in hier {
                assert!(gesehen.insert(neu.clone()), "twice: {neu}");
            }
            weiter = doc.attribut("next").map(|ort| pfad(ort).to_owned());
        }
        assert_eq!(i64::try_from(gesehen.len()).unwrap(), gesamt, "{id}");
    }
    assert!(geprueft > 5000, "{geprueft}");
    // Behind the end there is nothing, and it is known how much there was.
    let doc = dokument(
        &router,
        &format!("{FRAGE}&typeNames=fnp_flaechen&startIndex=99999"),
    )
    .await;
    assert_eq!((ids(&doc).len(), treffer(&doc)), (0, 2500));
    assert!(doc.attribut("next").is_none());
    let doc = dokument(
        &router,
        &format!("{FRAGE}&typeNames=fnp_flaechen&count=2&sortBy=anzahl+DESC&propertyName=anzahl"),
    )
    .await;
    let zahlen: Vec<_> = doc
        .alle("member")
        .map(|g| g.kinder[0].kinder[0].text.as_str())
        .collect();
    assert_eq!(zahlen, ["2500", "2499"]);
}

fn filter(innen: &str) -> String {
    kodiere(&format!(
        "<fes:Filter xmlns:fes=\"http://www.opengis.net/fes/2.0\">{innen}</fes:Filter>"
    ))
}

#[tokio::test]
async fn filters_leave_what_sql_leaves() {
    let (db, router) = dienst().await;
    let gleich = |name: &str, feld: &str, wert: &str| {
        format!(
            "<fes:{name}><fes:ValueReference>zr:{feld}</fes:ValueReference><fes:Literal>{wert}</fes:Literal></fes:{name}>"
        )
    };
    let wald = gleich("PropertyIsEqualTo", "nutzung", "wald");
    let viel = gleich("PropertyIsGreaterThan", "anzahl", "1200");
    let faelle = [
        (wald.clone(), "nutzung = 'wald'"),
        (gleich("PropertyIsNotEqualTo", "nutzung", "wald"), "nutzung <> 'wald'"),
        (format!("<fes:And>{wald}{viel}</fes:And>"), "nutzung = 'wald' AND anzahl > 1200"),
        (format!("<fes:Or>{wald}{viel}</fes:Or>"), "nutzung = 'wald' OR anzahl > 1200"),
        (format!("<fes:Not>{viel}</fes:Not>"), "NOT anzahl > 1200"),
        (gleich("PropertyIsLessThanOrEqualTo", "quote", "10.25"), "quote <= 10.25 AND quote <> 'NaN'"),
        (gleich("PropertyIsEqualTo", "wirksam", "true"), "wirksam"),
        (gleich("PropertyIsGreaterThanOrEqualTo", "gueltig_von", "2003-01-01"), "gueltig_von >= '2003-01-01'"),
        ("<fes:PropertyIsNull><fes:ValueReference>gueltig_bis</fes:ValueReference></fes:PropertyIsNull>".into(), "gueltig_bis IS NULL"),
        ("<fes:PropertyIsBetween><fes:ValueReference>anzahl</fes:ValueReference><fes:LowerBoundary><fes:Literal>5</fes:Literal></fes:LowerBoundary><fes:UpperBoundary><fes:Literal>9</fes:Literal></fes:UpperBoundary></fes:PropertyIsBetween>".into(), "anzahl BETWEEN 5 AND 9"),
        ("<fes:PropertyIsLike wildCard='*' singleChar='.' escapeChar='!'><fes:ValueReference>nutzung</fes:ValueReference><fes:Literal>w.l*</fes:Literal></fes:PropertyIsLike>".into(), "nutzung LIKE 'w_l%'"),
        ("<fes:PropertyIsLike wildCard='%' singleChar='_' escapeChar='\\' matchCase='false'><fes:ValueReference>nutzung</fes:ValueReference><fes:Literal>WALD</fes:Literal></fes:PropertyIsLike>".into(), "nutzung ILIKE 'wald'"),
        // The number first turns the comparison.
        ("<fes:PropertyIsLessThan><fes:Literal>2490</fes:Literal><fes:ValueReference>anzahl</fes:ValueReference></fes:PropertyIsLessThan>".into(), "anzahl > 2490"),
        ("<fes:BBOX><fes:ValueReference>geom</fes:ValueReference><gml:Envelope srsName='urn:ogc:def:crs:EPSG::25832'><gml:lowerCorner>631000 5320000</gml:lowerCorner><gml:upperCorner>632000 5321000</gml:upperCorner></gml:Envelope></fes:BBOX>".into(),
         "ST_Intersects(geom, ST_MakeEnvelope(631000, 5320000, 632000, 5321000, 25832))"),
    ];
    for (text, bedingung) in faelle {
        let erwartet = zahl(
            &db,
            &format!("SELECT count(*) FROM oeffentlich.flaeche WHERE {bedingung}"),
        )
        .await;
        assert!(erwartet > 0 && erwartet < 2500, "{bedingung}: {erwartet}");
        let frage = format!("{FRAGE}&typeNames=zr:fnp_flaechen&filter={}", filter(&text));
        let doc = dokument(&router, &frage).await;
        assert_eq!(
            i64::try_from(ids(&doc).len()).unwrap(),
            erwartet,
            "{bedingung}"
        );
        let doc = dokument(&router, &format!("{frage}&resultType=hits")).await;
        assert_eq!(
            (treffer(&doc), ids(&doc).len()),
            (erwartet, 0),
            "{bedingung}"
        );
        // The same in a body.
        let koerper = format!(
            "<wfs:GetFeature service='WFS' version='2.0.0' xmlns:wfs='http://www.opengis.net/wfs/2.0'><wfs:Query typeNames='zr:fnp_flaechen'><fes:Filter>{text}</fes:Filter></wfs:Query></wfs:GetFeature>"
        );
        let antwort = poste(&router, "/wfs", &koerper).await;
        assert_eq!(antwort.status, 200, "{}", antwort.text);
        let doc = xml::lies_lang(&antwort.text, "").unwrap();
        assert_eq!(
            i64::try_from(ids(&doc).len()).unwrap(),
            erwartet,
            "{bedingung}"
        );
    }
}

#[tokio::test]
async fn boxes_say_their_system_and_its_order() {
    let (db, router) = dienst().await;
    let sql = "SELECT count(*) FROM oeffentlich.flaeche WHERE ST_Intersects(geom, ST_Transform(ST_Segmentize(ST_MakeEnvelope(10.77, 48.02, 10.79, 48.03, 4326), 0.001), 25832))";
    let erwartet = zahl(&db, sql).await;
    assert!(erwartet > 10 && erwartet < 2000, "{erwartet}");
    for (kasten, systeme) in [
        (
            "48.02,10.77,48.03,10.79",
            [
                "urn:ogc:def:crs:EPSG::4326",
                "http://www.opengis.net/def/crs/EPSG/0/4326",
            ],
        ),
        (
            "10.77,48.02,10.79,48.03",
            ["EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84"],
        ),
    ] {
        for system in systeme {
            let doc = dokument(
                &router,
                &format!("{FRAGE}&typeNames=zr:fnp_flaechen&bbox={kasten},{system}"),
            )
            .await;
            assert_eq!(treffer(&doc), erwartet, "{system}");
        }
    }
    // Without one it is the layer's own; the answer is in that too, or in what is asked.
    let doc = dokument(
        &router,
        &format!("{FRAGE}&typeNames=zr:fnp_flaechen&count=1&bbox=631000,5320000,632000,5321000"),
    )
    .await;
    assert!(treffer(&doc) > 10);
    for (system, erwartet) in [
        ("", "http://www.opengis.net/def/crs/EPSG/0/25832"),
        (
            "&srsName=urn:ogc:def:crs:EPSG::31468",
            "http://www.opengis.net/def/crs/EPSG/0/31468",
        ),
        (
            "&srsName=EPSG:4326",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        ),
    ] {
        let antwort = hole(&router, &format!("{FRAGE}&typeNames=zr:fnp_flaechen&count=1&bbox=631000,5320000,632000,5321000{system}")).await;
        assert!(
            antwort.text.contains(&format!("srsName=\"{erwartet}\"")),
            "{system}"
        );
    }
}

#[tokio::test]
async fn ids_lead_to_their_objects() {
    let (_db, router) = dienst().await;
    let id = "fnp_flaechen.fnp-2001_x002F_a_x0020_ü";
    for name in [
        "urn:ogc:def:query:OGC-WFS::GetFeatureById",
        "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById",
    ] {
        let doc = dokument(
            &router,
            &format!(
                "{FRAGE}&storedQuery_id={}&id={}",
                kodiere(name),
                kodiere(id)
            ),
        )
        .await;
        assert_eq!(
            (doc.name.as_str(), doc.attribut("id")),
            ("fnp_flaechen", Some(id))
        );
    }
    let zwei = format!("{id},fnp_flaechen.fnp-2001.00100,fnp_flaechen.nirgends");
    let doc = dokument(&router, &format!("{FRAGE}&resourceId={}", kodiere(&zwei))).await;
    assert_eq!((ids(&doc).len(), treffer(&doc)), (2, 2));
    let text = format!("<fes:ResourceId rid='{id}'/>");
    let doc = dokument(
        &router,
        &format!("{FRAGE}&typeNames=zr:fnp_flaechen&filter={}", filter(&text)),
    )
    .await;
    assert_eq!(ids(&doc), [id]);
    // An id of another layer is none of this one.
    let doc = dokument(
        &router,
        &format!("{FRAGE}&typeNames=zr:gk&resourceId={}", kodiere(id)),
    )
    .await;
    assert_eq!(treffer(&doc), 0);
    for (was, enthalten) in [
        ("ListStoredQueries", "zr:fnp_flaechen"),
        ("DescribeStoredQueries", "GetFeatureById"),
    ] {
        let antwort = hole(
            &router,
            &format!("/wfs?service=WFS&version=2.0.0&request={was}"),
        )
        .await;
        assert!(
            antwort.status == 200 && antwort.text.contains(enthalten),
            "{was}"
        );
    }
}

fn ausnahme(antwort: &Antwort) -> (u16, String, String) {
    let doc =
        xml::lies(&antwort.text, "").unwrap_or_else(|e| panic!("{}: {}", e.text, antwort.text));
    assert_eq!(doc.name, "ExceptionReport");
    let ausnahme = doc.eines("Exception").unwrap();
    assert!(ausnahme.eines("ExceptionText").unwrap().text.len() > 10);
    let text = |name| ausnahme.attribut(name).unwrap_or_default().to_owned();
    (
        antwort.status.as_u16(),
        text("exceptionCode"),
        text("locator"),
    )
}

#[tokio::test]
async fn refusals_have_code_and_locator() {
    let (_db, router) = dienst().await;
    let flaechen = "GetFeature&typeNames=zr:fnp_flaechen";
    for (frage, status, code, ort) in [
        (String::new(), 400, "MissingParameterValue", "request"),
        ("request=GetCapabilities".into(), 400, "MissingParameterValue", "service"),
        ("service=WMS&request=GetCapabilities".into(), 400, "InvalidParameterValue", "service"),
        ("service=WFS&request=GetCapabilities&acceptVersions=1.0.0".into(), 400, "VersionNegotiationFailed", "AcceptVersions"),
        (format!("service=WFS&version=1.1.0&request={flaechen}"), 400, "InvalidParameterValue", "version"),
        ("service=WFS&version=2.0.0&request=Transaction".into(), 400, "OperationNotSupported", "Transaction"),
        ("request=GetFeature".into(), 400, "MissingParameterValue", "typeNames"),
        ("request=GetFeature&typeNames=zr:entwurf".into(), 400, "InvalidParameterValue", "typeNames"),
        ("request=DescribeFeatureType&typeNames=zr:entwurf".into(), 400, "InvalidParameterValue", "typeNames"),
        ("request=GetFeature&typeNames=zr:fnp_flaechen,zr:gk".into(), 400, "OptionNotSupported", "typeNames"),
        (format!("request={flaechen}&count=-1"), 400, "InvalidParameterValue", "COUNT"),
        (format!("request={flaechen}&startIndex=x"), 400, "InvalidParameterValue", "STARTINDEX"),
        (format!("request={flaechen}&bbox=1,2,3"), 400, "InvalidParameterValue", "BBOX"),
        (format!("request={flaechen}&bbox=1,2,3,4,EPSG:1"), 400, "InvalidParameterValue", "BBOX"),
        (format!("request={flaechen}&srsName=EPSG:27700"), 400, "InvalidParameterValue", "srsName"),
        (format!("request={flaechen}&propertyName=geheim"), 400, "InvalidParameterValue", "propertyName"),
        (format!("request={flaechen}&sortBy=geheim"), 400, "InvalidParameterValue", "SORTBY"),
        (format!("request={flaechen}&outputFormat=SHAPE-ZIP"), 400, "InvalidParameterValue", "outputFormat"),
        (format!("request={flaechen}&resultType=alles"), 400, "InvalidParameterValue", "resultType"),
        (format!("request={flaechen}&count=1&COUNT=2"), 400, "InvalidParameterValue", "COUNT"),
        (format!("request={flaechen}&filter={}", kodiere("<fes:Filter>")), 400, "OperationParsingFailed", "FILTER"),
        (format!("request={flaechen}&filter={}", filter("<fes:Beyond/>")), 400, "OptionNotSupported", "FILTER"),
        (format!("request={flaechen}&filter={}", filter("<fes:PropertyIsEqualTo><fes:ValueReference>geheim</fes:ValueReference><fes:Literal>x</fes:Literal></fes:PropertyIsEqualTo>")), 400, "InvalidParameterValue", "FILTER"),
        (format!("request={flaechen}&filter={}", filter("<fes:PropertyIsEqualTo><fes:ValueReference>anzahl</fes:ValueReference><fes:Literal>viele</fes:Literal></fes:PropertyIsEqualTo>")), 400, "InvalidParameterValue", "FILTER"),
        ("request=GetFeature&storedQuery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById&id=fnp_flaechen.nirgends".into(), 404, "NotFound", "ID"),
        ("request=GetFeature&storedQuery_id=urn:ogc:def:query:OGC-WFS::GetFeatureById&id=entwurf.KANARIENVOGEL".into(), 404, "NotFound", "ID"),
        ("request=GetFeature&storedQuery_id=urn:erfunden&id=a.b".into(), 400, "InvalidParameterValue", "STOREDQUERY_ID"),
    ] {
        let antwort = hole(&router, &format!("/wfs?{frage}")).await;
        assert_eq!(ausnahme(&antwort), (status, code.to_owned(), ort.to_owned()), "{frage}: {}", antwort.text);
    }
    for koerper in [
        "",
        "kein XML",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><GetFeature>&b;</GetFeature>",
    ] {
        let antwort = poste(&router, "/wfs", koerper).await;
        assert_eq!(ausnahme(&antwort).1, "OperationParsingFailed", "{koerper}");
    }
}

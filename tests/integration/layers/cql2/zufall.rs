//! Random filters: PostGIS must find what a small evaluator here finds, three-valued.

use super::{finde, zehn};

/// Numbers from a fixed seed; a failure names its filter.
struct Wuerfel(u64);

impl Wuerfel {
    fn wurf(&mut self, seiten: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % seiten
    }
    fn aus<T: Copy>(&mut self, werte: &[T]) -> T {
        werte[usize::try_from(self.wurf(werte.len() as u64)).unwrap()]
    }
}

/// What the evaluator knows of the ten features: zahl, name, wahr, days of tag since 2020-01-01.
type Zeile = (
    i64,
    Option<i64>,
    Option<&'static str>,
    Option<bool>,
    Option<i64>,
);
const ZEILEN: [Zeile; 10] = [
    (1, Some(1), Some("Wald"), Some(true), Some(0)),
    (2, Some(2), Some("Möller-Weg"), Some(false), Some(166)),
    (3, Some(3), Some("STRASSE"), Some(true), Some(366)),
    (4, Some(-4), Some("Straße"), None, Some(789)),
    (5, Some(0), Some("O'Neil 100%"), Some(true), None),
    (6, None, Some("a_b\\c"), Some(false), None),
    (7, Some(7), Some(""), None, Some(-1)),
    (8, Some(8), None, Some(true), Some(59)),
    (9, Some(9), Some("Café"), Some(false), Some(60)),
    (10, Some(10), Some("Cafe"), Some(true), Some(1491)),
];

type Wahr = Box<dyn Fn(&Zeile) -> Option<bool>>;
type Zahl = Box<dyn Fn(&Zeile) -> Option<f64>>;

fn zahl(w: &mut Wuerfel, tiefe: u64) -> (String, Zahl) {
    match w.wurf(if tiefe == 0 { 2 } else { 6 }) {
        0 => ("zahl".into(), Box::new(|z| z.1.map(|n| n as f64))),
        1 => {
            let n = w.aus(&[0, 1, 2, 3, 5, 8, -4]);
            (format!("({n})"), Box::new(move |_| Some(f64::from(n))))
        }
        n => {
            let (a, f) = zahl(w, tiefe - 1);
            let (b, g) = zahl(w, tiefe - 1);
            let (zeichen, op): (_, fn(f64, f64) -> Option<f64>) = match n {
                2 => ("+", |a, b| Some(a + b)),
                3 => ("-", |a, b| Some(a - b)),
                4 => ("*", |a, b| Some(a * b)),
                _ => ("%", |a, b| (b != 0.0).then(|| a % b)),
            };
            (
                format!("({a} {zeichen} {b})"),
                Box::new(move |z| op(f(z)?, g(z)?)),
            )
        }
    }
}

fn passt(text: &[char], muster: &[char]) -> bool {
    match muster.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|n| passt(&text[n..], rest)),
        Some(('_', rest)) => !text.is_empty() && passt(&text[1..], rest),
        Some((c, rest)) => text.first() == Some(c) && passt(&text[1..], rest),
    }
}

fn vergleich(w: &mut Wuerfel) -> (String, Wahr) {
    let (zeichen, gilt): (_, fn(std::cmp::Ordering) -> bool) = w.aus(&[
        ("=", (|o| o.is_eq()) as fn(std::cmp::Ordering) -> bool),
        ("<>", |o| o.is_ne()),
        ("<", |o| o.is_lt()),
        (">", |o| o.is_gt()),
        ("<=", |o| o.is_le()),
        (">=", |o| o.is_ge()),
    ]);
    match w.wurf(7) {
        0 | 1 => {
            let (a, f) = zahl(w, 2);
            let (b, g) = zahl(w, 2);
            // Only whole numbers: both sides are exact.
            (
                format!("{a} {zeichen} {b}"),
                Box::new(move |z| Some(gilt(f(z)?.partial_cmp(&g(z)?)?))),
            )
        }
        2 => {
            let text = w.aus(&["Cafe", "Straße", "", "Z", "a"]);
            (
                format!("name {zeichen} '{text}'"),
                Box::new(move |z| Some(gilt(z.2?.cmp(text)))),
            )
        }
        3 => {
            let tag = w.aus(&[("2020-01-01", 0), ("2020-02-29", 59), ("2021-01-01", 366)]);
            (
                format!("tag {zeichen} DATE('{}')", tag.0),
                Box::new(move |z| Some(gilt(z.4?.cmp(&tag.1)))),
            )
        }
        4 => {
            let muster = w.aus(&["%e%", "Caf_", "S%E", "%", "_%", "%r%ß%"]);
            (
                format!("name LIKE '{muster}'"),
                Box::new(move |z| {
                    let text: Vec<char> = z.2?.chars().collect();
                    Some(passt(&text, &muster.chars().collect::<Vec<_>>()))
                }),
            )
        }
        5 => {
            let (a, f) = zahl(w, 1);
            let (von, bis) = (w.aus(&[-5.0, 0.0, 2.0]), w.aus(&[2.0, 8.0, 1.0]));
            (
                format!("{a} BETWEEN {von} AND {bis}"),
                Box::new(move |z| Some((von..=bis).contains(&f(z)?))),
            )
        }
        _ => {
            let (a, f) = zahl(w, 1);
            let liste = [w.aus(&[1.0, 2.0]), w.aus(&[3.0, 8.0]), 0.0];
            (
                format!("{a} IN ({}, {}, {})", liste[0], liste[1], liste[2]),
                Box::new(move |z| Some(liste.contains(&f(z)?))),
            )
        }
    }
}

fn bedingung(w: &mut Wuerfel, tiefe: u64) -> (String, Wahr) {
    match w.wurf(if tiefe == 0 { 4 } else { 8 }) {
        0 => ("wahr".into(), Box::new(|z| z.3)),
        1 => {
            let feld = w.aus(&["name", "zahl", "wahr", "tag"]);
            (
                format!("{feld} IS NULL"),
                Box::new(move |z| {
                    Some(match feld {
                        "name" => z.2.is_none(),
                        "zahl" => z.1.is_none(),
                        "wahr" => z.3.is_none(),
                        _ => z.4.is_none(),
                    })
                }),
            )
        }
        2 | 3 => vergleich(w),
        4 => {
            let (a, f) = bedingung(w, tiefe - 1);
            (format!("NOT ({a})"), Box::new(move |z| f(z).map(|w| !w)))
        }
        n => {
            let (a, f) = bedingung(w, tiefe - 1);
            let (b, g) = bedingung(w, tiefe - 1);
            if n == 5 {
                (
                    format!("({a}) = ({b})"),
                    Box::new(move |z| Some(f(z)? == g(z)?)),
                )
            } else {
                // One false decides AND, one true decides OR.
                let (wort, entscheidet) = if n == 6 { ("AND", false) } else { ("OR", true) };
                (
                    format!("({a}) {wort} ({b})"),
                    Box::new(move |z| match (f(z), g(z)) {
                        (Some(a), _) | (_, Some(a)) if a == entscheidet => Some(a),
                        (_, Some(b)) if b == entscheidet => Some(b),
                        (Some(_), Some(_)) => Some(!entscheidet),
                        _ => None,
                    }),
                )
            }
        }
    }
}

#[tokio::test]
async fn random_filters_find_what_the_evaluator_finds() {
    let (_db, router) = zehn().await;
    let mut w = Wuerfel(20_260_000);
    let (mut gefunden, mut geprueft) = (0, 0);
    while geprueft < 400 {
        let (filter, wahr) = bedingung(&mut w, 4);
        if zielraum::layers::cql2::lies(&filter, zielraum::layers::cql2::Sprache::Text).is_err() {
            // More nodes than the budget has.
            continue;
        }
        let soll: Vec<i64> = ZEILEN
            .iter()
            .filter(|z| wahr(z) == Some(true))
            .map(|z| z.0)
            .collect();
        assert_eq!(
            finde(&router, &filter, "cql2-text").await.as_deref(),
            Ok(&*soll),
            "{filter}"
        );
        gefunden += soll.len();
        geprueft += 1;
    }
    // Neither all nor nothing, or the test says little.
    assert!((600..3400).contains(&gefunden), "{gefunden}");
}

//! All kinds of sheets, in the order in which they are written: what others point at first.

use super::katalog_bezuege::BEZUEGE;
use super::katalog_eintraege::EINTRAEGE;
use super::spalten::Tabellenart;

const ANZAHL: usize = EINTRAEGE.len() + BEZUEGE.len();

/// All kinds, in the order in which they are written.
pub static TABELLEN: &[Tabellenart; ANZAHL] = &{
    let mut alle = [EINTRAEGE[0]; ANZAHL];
    let mut n = 0;
    while n < ANZAHL {
        alle[n] = if n < EINTRAEGE.len() {
            EINTRAEGE[n]
        } else {
            BEZUEGE[n - EINTRAEGE.len()]
        };
        n += 1;
    }
    alle
};

//! Stretches of features as the bytes of one answer, plain or packed: long stretches are slices
//! of the snapshot, short ones are copied together.

use std::ops::Range;

use axum::body::Bytes;

use super::block::Block;
use super::packen::Packung;
use super::{Form, Schnappschuss};

/// A slice shorter than this costs more than its copy, bytes.
const KURZ: usize = 8 << 10;

impl Schnappschuss {
    /// Features of these stretches with a comma between each two, inside a document.
    pub(in crate::layers) fn text(
        &self,
        form: Form,
        anfang: &[u8],
        strecken: &[Range<u32>],
        schluss: &[u8],
    ) -> Vec<Bytes> {
        let mut stuecke = Vec::new();
        let mut klein = anfang.to_vec();
        self.jede(strecken, |block, objekte, letzte| {
            let von = block.stelle(form, objekte.start).start;
            // Without the comma behind the last of all.
            let bis = block.stelle(form, objekte.end - 1).end - usize::from(letzte);
            if bis - von < KURZ {
                klein.extend_from_slice(&block.text(form)[von..bis]);
            } else {
                if !klein.is_empty() {
                    stuecke.push(std::mem::take(&mut klein).into());
                }
                stuecke.push(block.text(form).slice(von..bis));
            }
        });
        klein.extend_from_slice(schluss);
        stuecke.push(klein.into());
        stuecke
    }

    /// The same as one gzip member.
    pub(in crate::layers) fn gepackt(
        &self,
        form: Form,
        anfang: &[u8],
        strecken: &[Range<u32>],
        schluss: &[u8],
    ) -> Vec<Bytes> {
        let mut packung = Packung::default();
        packung.text(anfang);
        self.jede(strecken, |block, objekte, letzte| {
            packung.objekte(
                block.gepackt(form),
                block.text(form),
                |n| block.stelle(form, n),
                objekte,
                !letzte,
            );
        });
        packung.text(schluss);
        packung.fertig()
    }

    /// Each stretch cut at the blocks, and whether it is the last.
    fn jede(&self, strecken: &[Range<u32>], mut nimm: impl FnMut(&Block, Range<usize>, bool)) {
        let ende = strecken.last().map_or(0, |strecke| strecke.end);
        for (i, strecke) in strecken.iter().enumerate() {
            let mut nummer = strecke.start;
            for (block, objekte) in self.strecken(strecke.clone()) {
                nummer += u32::try_from(objekte.len()).unwrap_or(u32::MAX);
                let letzte = i + 1 == strecken.len() && nummer == ende;
                nimm(block, objekte, letzte);
            }
        }
    }
}

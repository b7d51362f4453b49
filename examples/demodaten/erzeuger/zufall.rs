//! Random numbers that stay the same on every machine: splitmix64 and a hash on top of it.

/// splitmix64 (Steele, Lea, Flood 2014).
pub struct Zufall(u64);

impl Zufall {
    pub fn neu(keim: u64) -> Self {
        Self(keim)
    }

    pub fn naechste(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        misch(self.0)
    }

    /// Equally distributed in [0, 1).
    pub fn anteil(&mut self) -> f64 {
        (self.naechste() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Equally distributed in [−w, w).
    pub fn um_null(&mut self, w: f64) -> f64 {
        (self.anteil() * 2.0 - 1.0) * w
    }
}

fn misch(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Hash of a name and numbers: the seed of everything that belongs to one thing,
/// so that a change in one place does not shift the rest of the map.
pub fn streuwert(name: &str, zahlen: &[i64]) -> u64 {
    let mut h = 0xCBF2_9CE4_8422_2325_u64;
    for b in name.bytes() {
        h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    for z in zahlen {
        h = misch(h ^ z.cast_unsigned()).wrapping_add(0x9E37_79B9_7F4A_7C15);
    }
    misch(h)
}

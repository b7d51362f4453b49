//! Krüger's series for transverse Mercator projections.

/// Krüger's series in n to the fourth order: below 1e-9 degrees within 10° of the central meridian.
pub(super) struct Krueger {
    /// Scale times rectifying radius, metres.
    radius: f64,
    /// First eccentricity.
    e: f64,
    alpha: [f64; 4],
    beta: [f64; 4],
    delta: [f64; 4],
}

/// UTM, on GRS80.
pub(super) static UTM: Krueger = Krueger::neu(
    6_378_137.0,
    298.257_222_101,
    0.081_819_191_042_815_79,
    0.9996,
);
/// Gauß-Krüger, on Bessel 1841.
pub(super) static BESSEL: Krueger =
    Krueger::neu(6_377_397.155, 299.152_812_8, 0.081_696_831_222_527_51, 1.0);

impl Krueger {
    /// Semi-major axis in metres, inverse flattening, eccentricity, scale. sqrt(f(2-f)) is not
    /// const; the test compares.
    const fn neu(a: f64, kehrwert: f64, e: f64, massstab: f64) -> Self {
        let f = 1.0 / kehrwert;
        let n = f / (2.0 - f);
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n);
        Self {
            radius: massstab * a / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            e,
            alpha: [
                n / 2.0 - 2.0 / 3.0 * n2 + 5.0 / 16.0 * n3 + 41.0 / 180.0 * n4,
                13.0 / 48.0 * n2 - 3.0 / 5.0 * n3 + 557.0 / 1440.0 * n4,
                61.0 / 240.0 * n3 - 103.0 / 140.0 * n4,
                49561.0 / 161_280.0 * n4,
            ],
            beta: [
                n / 2.0 - 2.0 / 3.0 * n2 + 37.0 / 96.0 * n3 - 1.0 / 360.0 * n4,
                1.0 / 48.0 * n2 + 1.0 / 15.0 * n3 - 437.0 / 1440.0 * n4,
                17.0 / 480.0 * n3 - 37.0 / 840.0 * n4,
                4397.0 / 161_280.0 * n4,
            ],
            delta: [
                2.0 * n - 2.0 / 3.0 * n2 - 2.0 * n3 + 116.0 / 45.0 * n4,
                7.0 / 3.0 * n2 - 8.0 / 5.0 * n3 - 227.0 / 45.0 * n4,
                56.0 / 15.0 * n3 - 136.0 / 35.0 * n4,
                4279.0 / 630.0 * n4,
            ],
        }
    }

    /// From easting (0 on the central meridian) and northing to longitude, latitude.
    pub(super) fn zu_grad(&self, mitte: f64, east: f64, north: f64) -> (f64, f64) {
        let (xi, eta) = (north / self.radius, east / self.radius);
        let (mut x, mut y) = (xi, eta);
        for (j, beta) in (1..).zip(self.beta) {
            let k = 2.0 * f64::from(j);
            x -= beta * (k * xi).sin() * (k * eta).cosh();
            y -= beta * (k * xi).cos() * (k * eta).sinh();
        }
        let chi = (x.sin() / y.cosh()).asin();
        let mut lat = chi;
        for (j, delta) in (1..).zip(self.delta) {
            lat += delta * (2.0 * f64::from(j) * chi).sin();
        }
        let lon = y.sinh().atan2(x.cos());
        (mitte + lon.to_degrees(), lat.to_degrees())
    }

    /// From longitude, latitude to easting (0 on the central meridian) and northing.
    pub(super) fn von_grad(&self, mitte: f64, lon: f64, lat: f64) -> (f64, f64) {
        let (sin_lon, cos_lon) = (lon - mitte).to_radians().sin_cos();
        let sin_lat = lat.to_radians().sin();
        let t = (sin_lat.atanh() - self.e * (self.e * sin_lat).atanh()).sinh();
        let xi = t.atan2(cos_lon);
        let eta = (sin_lon / t.hypot(cos_lon)).asinh();
        let (mut x, mut y) = (xi, eta);
        for (j, alpha) in (1..).zip(self.alpha) {
            let k = 2.0 * f64::from(j);
            x += alpha * (k * xi).sin() * (k * eta).cosh();
            y += alpha * (k * xi).cos() * (k * eta).sinh();
        }
        (self.radius * y, self.radius * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eccentricity_fits_the_flattening() {
        for (reihe, kehrwert) in [(&UTM, 298.257_222_101), (&BESSEL, 299.152_812_8)] {
            let f: f64 = 1.0 / kehrwert;
            assert!((reihe.e - (f * (2.0 - f)).sqrt()).abs() < 1e-16);
        }
    }
}

//! COPY BINARY: rows encoded in Rust, sent in chunks.

use geo_types::{Geometry, MultiPolygon};
use sqlx::postgres::PgConnection;
use sqlx::postgres::PgCopyIn;

use super::geom::{ewkb, schreibe_flaeche};
use crate::error::{Error, Result};

/// Chunk sent at once; large enough that the round trips do not count.
const CHUNK: usize = 1 << 20;

/// One running COPY into one table.
pub struct Copy<'c> {
    sink: PgCopyIn<&'c mut PgConnection>,
    buffer: Vec<u8>,
    rows: u64,
}

/// One row being written: fields in the order of the COPY statement's columns.
pub struct Row<'b> {
    buffer: &'b mut Vec<u8>,
}

impl<'c> Copy<'c> {
    /// Starts `COPY <target> FROM STDIN (FORMAT binary)`; `statement` is ours, never the user's.
    pub async fn begin(conn: &'c mut PgConnection, statement: &str) -> Result<Self> {
        let sink = conn.copy_in_raw(statement).await?;
        let mut buffer = Vec::with_capacity(CHUNK + CHUNK / 4);
        buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        Ok(Self {
            sink,
            buffer,
            rows: 0,
        })
    }

    /// Writes one row of `fields` columns.
    pub async fn row(
        &mut self,
        fields: i16,
        fill: impl FnOnce(&mut Row<'_>) -> Result<()>,
    ) -> Result<()> {
        self.buffer.extend_from_slice(&fields.to_be_bytes());
        fill(&mut Row {
            buffer: &mut self.buffer,
        })?;
        self.rows += 1;
        if self.buffer.len() >= CHUNK {
            self.sink.send(self.buffer.as_slice()).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Writes whole rows that were encoded before, `anzahl` of them.
    pub async fn rows(&mut self, bytes: &[u8], anzahl: u64) -> Result<()> {
        self.rows += anzahl;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.sink.send(self.buffer.as_slice()).await?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Ends the COPY; the server must have taken as many rows as were written.
    pub async fn finish(mut self) -> Result<u64> {
        self.buffer.extend_from_slice(&(-1i16).to_be_bytes());
        self.sink.send(self.buffer.as_slice()).await?;
        let taken = self.sink.finish().await?;
        if taken != self.rows {
            return Err(Error::intern(format!(
                "COPY took {taken} of {} rows",
                self.rows
            )));
        }
        Ok(taken)
    }
}

impl<'b> Row<'b> {
    /// Fields appended to `buffer`, to be sent later; the number of fields is the caller's.
    pub fn into(buffer: &'b mut Vec<u8>) -> Self {
        Self { buffer }
    }

    fn field(&mut self, bytes: &[u8]) -> Result<()> {
        let length = i32::try_from(bytes.len())
            .map_err(|_| Error::eingabe("Ein Wert ist größer als 2 GB."))?;
        self.buffer.extend_from_slice(&length.to_be_bytes());
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }
    /// NULL.
    pub fn null(&mut self) {
        self.buffer.extend_from_slice(&(-1i32).to_be_bytes());
    }
    /// `text`; U+0000 cannot be stored and is left out.
    pub fn text(&mut self, value: &str) -> Result<()> {
        if value.contains('\0') {
            return self.field(value.replace('\0', "").as_bytes());
        }
        self.field(value.as_bytes())
    }
    /// `text` or NULL.
    pub fn opt_text(&mut self, value: Option<&str>) -> Result<()> {
        match value {
            Some(text) => self.text(text),
            None => {
                self.null();
                Ok(())
            }
        }
    }
    /// `smallint`.
    pub fn int2(&mut self, value: i16) -> Result<()> {
        self.field(&value.to_be_bytes())
    }
    /// `int`.
    pub fn int4(&mut self, value: i32) -> Result<()> {
        self.field(&value.to_be_bytes())
    }
    /// `bigint`.
    pub fn int8(&mut self, value: i64) -> Result<()> {
        self.field(&value.to_be_bytes())
    }
    /// `double precision`.
    pub fn float8(&mut self, value: f64) -> Result<()> {
        self.field(&value.to_be_bytes())
    }
    /// `boolean`.
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.field(&[u8::from(value)])
    }
    /// `uuid`.
    pub fn uuid(&mut self, value: uuid::Uuid) -> Result<()> {
        self.field(value.as_bytes())
    }
    /// `jsonb`.
    pub fn jsonb(&mut self, value: &impl serde::Serialize) -> Result<()> {
        let mut bytes = vec![1];
        serde_json::to_writer(&mut bytes, value)?;
        self.field(&bytes)
    }
    /// `jsonb` whose text is there already.
    pub fn jsonb_text(&mut self, text: &str) -> Result<()> {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.push(1);
        bytes.extend_from_slice(text.as_bytes());
        self.field(&bytes)
    }
    /// `geometry(MultiPolygon)` in EPSG:25832; answers where its bytes begin in the buffer.
    pub fn flaeche(&mut self, value: &MultiPolygon<f64>) -> Result<usize> {
        let laenge = self.buffer.len();
        self.buffer.extend_from_slice(&[0; 4]);
        let anfang = self.buffer.len();
        schreibe_flaeche(value, self.buffer)?;
        let bytes = i32::try_from(self.buffer.len() - anfang)
            .map_err(|_| Error::eingabe("Ein Wert ist größer als 2 GB."))?;
        self.buffer[laenge..anfang].copy_from_slice(&bytes.to_be_bytes());
        Ok(anfang)
    }
    /// `geometry` in EPSG:25832.
    pub fn geometry(&mut self, value: &Geometry<f64>) -> Result<()> {
        self.field(&ewkb(value)?)
    }
}

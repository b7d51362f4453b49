//! How the service refuses: an `ows:ExceptionReport` with code, locator and a German sentence.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::OWS;
use crate::error::Error;
use crate::gml::KOPF;
use crate::gml::xml::Xml;
use crate::http::problem::{self, Problem};

/// Codes of OWS Common (OGC 06-121r9, 8.3) and WFS 2.0 (OGC 09-025r2, 7.5) that occur here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter that must stand there does not.
    FehlenderParameter,
    /// A parameter has a wrong value.
    FalscherWert,
    /// None of the versions asked for.
    Version,
    /// An operation that is not here.
    Operation,
    /// A part of an operation that is not here.
    Option,
    /// The request is no XML, or not that of an operation.
    Unlesbar,
    /// There is no such feature.
    NichtGefunden,
    /// Ours, or the machine's.
    Sonst,
}

impl Code {
    fn name(self) -> &'static str {
        match self {
            Self::FehlenderParameter => "MissingParameterValue",
            Self::FalscherWert => "InvalidParameterValue",
            Self::Version => "VersionNegotiationFailed",
            Self::Operation => "OperationNotSupported",
            Self::Option => "OptionNotSupported",
            Self::Unlesbar => "OperationParsingFailed",
            Self::NichtGefunden => "NotFound",
            Self::Sonst => "NoApplicableCode",
        }
    }
}

/// One refusal.
#[derive(Debug)]
pub struct Ausnahme {
    /// What kind it is.
    pub code: Code,
    /// The parameter at fault.
    pub ort: Option<String>,
    /// German sentence.
    pub text: String,
    /// Status where the code does not tell it.
    status: Option<StatusCode>,
    ursache: Option<String>,
}

impl Ausnahme {
    /// With the parameter at fault, or the operation.
    pub fn neu(code: Code, ort: &str, text: impl Into<String>) -> Self {
        Self {
            code,
            ort: Some(ort.to_owned()),
            text: text.into(),
            status: None,
            ursache: None,
        }
    }

    /// A wrong value.
    pub fn wert(ort: &str, text: impl Into<String>) -> Self {
        Self::neu(Code::FalscherWert, ort, text)
    }

    /// A parameter that is missing.
    pub fn fehlt(ort: &str, text: impl Into<String>) -> Self {
        Self::neu(Code::FehlenderParameter, ort, text)
    }
}

impl From<Problem> for Ausnahme {
    fn from(problem: Problem) -> Self {
        let status = problem.art.status;
        let code = match &problem.parameter {
            _ if status.is_server_error() => Code::Sonst,
            None if status == StatusCode::NOT_FOUND => Code::NichtGefunden,
            Some(_) | None => Code::FalscherWert,
        };
        Self {
            code,
            ort: problem.parameter,
            text: problem.detail,
            status: Some(status),
            ursache: problem.ursache,
        }
    }
}

impl From<Error> for Ausnahme {
    fn from(error: Error) -> Self {
        Problem::from(error).into()
    }
}

impl IntoResponse for Ausnahme {
    fn into_response(self) -> Response {
        if let Some(ursache) = &self.ursache {
            tracing::error!(ursache, "WFS");
        }
        let mut xml = Xml::default();
        xml.text.push_str(KOPF);
        xml.anfang(
            "ows:ExceptionReport",
            &[
                ("xmlns:ows", OWS),
                ("xmlns:xsi", crate::gml::XSI),
                (
                    "xsi:schemaLocation",
                    "http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsAll.xsd",
                ),
                ("version", "2.0.0"),
                ("xml:lang", "de"),
            ],
        );
        let mut attribute = vec![("exceptionCode", self.code.name())];
        attribute.extend(self.ort.as_deref().map(|ort| ("locator", ort)));
        xml.anfang("ows:Exception", &attribute);
        xml.blatt("ows:ExceptionText", &[], &self.text);
        xml.ende("ows:Exception");
        xml.ende("ows:ExceptionReport");
        xml.text.push('\n');
        let status = self.status.unwrap_or(match self.code {
            Code::NichtGefunden => StatusCode::NOT_FOUND,
            Code::Sonst => problem::INTERN.status,
            _ => StatusCode::BAD_REQUEST,
        });
        let typ = [(header::CONTENT_TYPE, "application/xml")];
        (status, typ, xml.text).into_response()
    }
}

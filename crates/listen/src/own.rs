//! Which questions are for this page, and what every answer of it says to the browser.

use axum::http::header::{self, HeaderMap, HeaderName};

use crate::address::is_own_host;
use crate::token::Token;

/// Headers of every answer: nothing from elsewhere is loaded, nothing is shown within another page, nothing is kept.
pub const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The only value of a header; `None` when it is missing, comes twice or is no text.
pub fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

/// True when a question is to a host by which no other site can have led a browser here; `names` are names of this computer
/// besides its addresses and its own name.
pub fn is_ours(headers: &HeaderMap, names: &[String]) -> bool {
    only(headers, &header::HOST).is_some_and(|host| is_own_host(host, names))
}

/// True when the cookie of this name holds the token.
pub fn has_cookie(headers: &HeaderMap, cookie: &str, token: &Token) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut ours = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|one| one.trim().split_once('='));
    ours.any(|(name, value)| name == cookie && token.is(value))
}

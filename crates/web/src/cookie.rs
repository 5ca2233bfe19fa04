//! The cookie that keeps the token.

use axum::http::header::{HeaderMap, HeaderValue};

use crate::shared::Shared;

/// The cookie that holds the token.
const COOKIE: &str = "grainloss";
/// How long a phone remembers it, s: a season (our choice).
const COOKIE_AGE_S: u32 = 200 * 24 * 3600;

/// True when the token is in the cookie.
pub(crate) fn has_cookie(shared: &Shared, headers: &HeaderMap) -> bool {
    grainloss_listen::has_cookie(headers, COOKIE, &shared.token)
}

/// The cookie that keeps the token: no script reads it, no other site's page sends it.
pub(crate) fn cookie(shared: &Shared) -> HeaderValue {
    let text = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={COOKIE_AGE_S}", shared.token.text());
    // A token has only signs that may stand in a header.
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}

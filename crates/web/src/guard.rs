//! Who may ask. Every answer has the headers that keep a page to itself; every question must be to a host that is ours, which
//! keeps out names that only lead here (DNS rebinding); what changes something must come from the page itself (CSRF).

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::cookie::has_cookie;
use crate::page;
use crate::shared::Shared;
use grainloss_listen::{HEADERS, is_ours, only};

/// Before every route.
pub(crate) async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let mut response = if !is_ours(headers, &shared.names) {
        (StatusCode::MISDIRECTED_REQUEST, page::foreign_host()).into_response()
    } else if is_of_another_page(request.method(), headers) {
        (StatusCode::FORBIDDEN, page::foreign_origin()).into_response()
    } else {
        next.run(request).await
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A browser says of which page a question is. What reads needs no such word; what writes does.
fn is_of_another_page(method: &Method, headers: &HeaderMap) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    // Opening the page from elsewhere, by a link or a scanned code, reads nothing without the token.
    if !reads && site.is_some_and(|site| site != "same-origin") {
        return true;
    }
    if headers.get(header::ORIGIN).is_none() {
        !reads
    } else {
        let host = only(headers, &header::HOST);
        let origin = only(headers, &header::ORIGIN).and_then(|origin| origin.split_once("://"));
        host.is_none() || origin.map(|(_, of)| of) != host
    }
}

/// Before the routes that need the token: others get the page that says so.
pub(crate) async fn need_token(State(shared): State<Shared>, request: Request<Body>, next: Next) -> Response {
    if has_cookie(&shared, request.headers()) { next.run(request).await } else { page::no_token() }
}

#[cfg(test)]
mod tests {
    use axum::http::header::HeaderName;

    use super::*;

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn what_writes_must_come_from_the_page_itself() {
        let site = HeaderName::from_static("sec-fetch-site");
        let host = (header::HOST, "10.0.0.7:8460");
        let own = (header::ORIGIN, "http://10.0.0.7:8460");
        for (method, pairs, foreign) in [
            (Method::GET, vec![host.clone()], false),
            (Method::GET, vec![host.clone(), (site.clone(), "cross-site")], false),
            (Method::POST, vec![host.clone()], true),
            (Method::POST, vec![host.clone(), own.clone()], false),
            (Method::POST, vec![host.clone(), own.clone(), (site.clone(), "same-origin")], false),
            (Method::POST, vec![host.clone(), own.clone(), (site, "cross-site")], true),
            (Method::POST, vec![host.clone(), own.clone(), own.clone()], true),
            (Method::POST, vec![host.clone(), (header::ORIGIN, "http://10.0.0.7:80")], true),
            (Method::POST, vec![host.clone(), (header::ORIGIN, "null")], true),
            (Method::GET, vec![host, (header::ORIGIN, "http://evil.example")], true),
        ] {
            assert_eq!(is_of_another_page(&method, &headers(&pairs)), foreign, "{method} {pairs:?}");
        }
    }
}

//! The page itself: HTML in a language, its styles in the themes of the dashboard, its script. Everything is embedded.

mod template;

use std::fmt::Write as _;

use axum::extract::{Extension, FromRequestParts, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::sync::Arc;

use crate::cookie;
use crate::events::{self, Sources};
use crate::shared::{Connection, Shared};
use grainloss_knowledge::{Lang, Words};
use grainloss_tui::{Role, rgb, themes};

const INDEX: &str = include_str!("page/index.html");
const PLAIN: &str = include_str!("page/plain.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");
const CHARTS_SCRIPT: &str = include_str!("page/charts.js");
const ICON: &str = include_str!("page/icon.svg");

/// The cookie of the language that was chosen.
const LANG_COOKIE: &str = "grainloss-lang";

/// The language of a question: as it says, else as was chosen before, else that of the service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageLang(pub Lang);

impl FromRequestParts<Shared> for PageLang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Infallible> {
        let asked = of_query(&parts.uri, "lang").and_then(lang_of);
        Ok(Self(asked.or_else(|| lang_cookie(&parts.headers)).unwrap_or(shared.lang)))
    }
}

fn of_query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(known, _)| *known == name).map(|(_, value)| value).next()
}

fn lang_of(code: &str) -> Option<Lang> {
    match code {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

const fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    }
}

fn lang_cookie(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|one| one.trim().split_once('='));
    pairs.find(|(name, _)| *name == LANG_COOKIE).and_then(|(_, value)| lang_of(value))
}

const HTML: (header::HeaderName, &str) = (header::CONTENT_TYPE, "text/html; charset=utf-8");

/// The page. With the token in the address it is kept in a cookie from then on, and the script takes it out of the address.
pub(crate) async fn index(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let given = of_query(&uri, "t").map(|token| shared.token.is(token));
    if !given.unwrap_or_else(|| cookie::has_cookie(&shared, &headers)) {
        return no_token();
    }
    let mut response = ([HTML], template::fill(INDEX, lang)).into_response();
    if given.is_some() {
        response.headers_mut().append(header::SET_COOKIE, cookie::cookie(&shared));
    }
    let chosen = format!("{LANG_COOKIE}={}; SameSite=Strict; Path=/; Max-Age=31536000", code(lang));
    if let Ok(chosen) = HeaderValue::from_str(&chosen) {
        response.headers_mut().append(header::SET_COOKIE, chosen);
    }
    response
}

/// The stream of events.
pub(crate) async fn events(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    Extension(connection): Extension<Connection>,
) -> Response {
    let Ok(place) = Arc::clone(&shared.streams).try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")], "too many pages are open\n")
            .into_response();
    };
    let sources = Sources { states: shared.live.watch(lang), charts: shared.live.watch_charts() };
    events::stream(sources, connection, place)
}

/// 401: how to get in, in both languages.
pub(crate) fn no_token() -> Response {
    (StatusCode::UNAUTHORIZED, [HTML], template::in_both(PLAIN, "page-no-token")).into_response()
}

pub(crate) async fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [HTML], template::in_both(PLAIN, "page-not-found")).into_response()
}

/// What is said to a host that is not ours.
pub(crate) fn foreign_host() -> String {
    both_languages("page-foreign-host")
}

/// What is said to what another page asks.
pub(crate) fn foreign_origin() -> String {
    both_languages("page-foreign-origin")
}

fn both_languages(key: &str) -> String {
    let [zh, en] = [Lang::Zh, Lang::En].map(|lang| Words::new(lang).get(key));
    format!("{zh}\n{en}\n")
}

pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

pub(crate) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}

pub(crate) async fn charts_script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], CHARTS_SCRIPT).into_response()
}

pub(crate) async fn icon() -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], ICON).into_response()
}

/// The dashboard's themes `day` and `night` as variables, so that both look alike.
pub(crate) async fn theme() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], theme_css()).into_response()
}

fn theme_css() -> String {
    let (themes, _) = themes();
    let variables = |id: &str| {
        let Some(theme) = themes.iter().find(|theme| theme.id == id) else { return String::new() };
        let mut text = String::new();
        for role in Role::ALL {
            let (front, back) = theme.colours(role);
            for (part, index) in [("", front), ("-on", back)] {
                let [red, green, blue] = rgb(index);
                let name = format!("{role:?}").to_lowercase();
                // Writing to a text cannot fail.
                let _ = write!(text, "--{name}{part}:#{red:02x}{green:02x}{blue:02x};");
            }
        }
        text
    };
    let (day, night) = (variables("day"), variables("night"));
    format!(
        ":root{{{day}color-scheme:light}}\n@media (prefers-color-scheme:dark){{:root{{{night}color-scheme:dark}}}}\n\
         :root[data-theme=day]{{{day}color-scheme:light}}\n:root[data-theme=night]{{{night}color-scheme:dark}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_themes_have_a_colour_for_every_role_of_the_dashboard() {
        let css = theme_css();
        for role in Role::ALL {
            let name = format!("--{}:#", format!("{role:?}").to_lowercase());
            assert_eq!(css.matches(&name).count(), 4, "{name}");
        }
        // The day theme's ground is white, 231 of the palette.
        assert!(css.contains("--text-on:#ffffff"), "{css}");
    }

    #[test]
    fn nothing_is_asked_of_another_place_and_nothing_is_inline() {
        for (name, text) in [("index", INDEX), ("plain", PLAIN)] {
            for inline in ["<style", " style=", " onclick", " onload", "javascript:", "<script>"] {
                assert!(!text.contains(inline), "{name}: {inline}");
            }
        }
        for (name, text) in
            [("index", INDEX), ("plain", PLAIN), ("css", STYLE), ("js", SCRIPT), ("charts", CHARTS_SCRIPT)]
        {
            let elsewhere = text.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !elsewhere.contains("http:") && !elsewhere.contains("https:") && !elsewhere.contains("url("),
                "{name}"
            );
            assert!(!elsewhere.contains("innerHTML") && !elsewhere.contains("eval("), "{name}");
        }
    }
}

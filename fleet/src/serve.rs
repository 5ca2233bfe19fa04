//! Serves the office's page to browsers: read only, one page, one token.

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use grainloss_knowledge::{Lang, Words};
use grainloss_listen::{HEADERS, Token, has_cookie, is_ours};
use tokio::net::TcpListener;

use crate::engine::AskError;
use crate::page::{Figures, Parts, SCRIPT, STYLE};
use crate::words::words;

/// The cookie that holds the token.
const COOKIE: &str = "grainloss-fleet";
/// How long a browser remembers it, s: a season (our choice).
const COOKIE_AGE_S: u32 = 200 * 24 * 3600;

/// The page in both languages, as it was made last.
#[derive(Debug)]
struct Pages {
    zh: String,
    en: String,
}

impl Pages {
    fn of(figures: &Figures) -> Self {
        let [zh, en] = [Lang::Zh, Lang::En].map(|lang| figures.html(lang, Parts::Beside));
        Self { zh, en }
    }
}

#[derive(Clone, Debug)]
struct Shared {
    pages: Arc<RwLock<Arc<Pages>>>,
    token: Arc<Token>,
    names: Arc<Vec<String>>,
    lang: Lang,
}

/// How the page is served.
#[derive(Clone, Debug)]
pub struct ServeConfig {
    /// What opens it.
    pub token: Token,
    /// Names of this computer by which a browser may ask, besides its addresses and its own name.
    pub names: Vec<String>,
    /// The language where a browser asks for none.
    pub lang: Lang,
    /// How often the figures are asked for anew.
    pub every: Duration,
}

/// Serves until the process ends. `figures` asks the store; where that fails later, the page stays as it was and the failure is
/// written to standard error.
///
/// # Errors
/// When the figures cannot be had at the beginning, or the socket fails.
pub fn serve(
    listener: std::net::TcpListener,
    config: ServeConfig,
    figures: impl Fn() -> Result<Figures, AskError> + Send + Sync + 'static,
) -> Result<(), ServeError> {
    let pages = Arc::new(RwLock::new(Arc::new(Pages::of(&figures()?))));
    let shared = Shared {
        pages: Arc::clone(&pages),
        token: Arc::new(config.token),
        names: Arc::new(config.names),
        lang: config.lang,
    };
    let every = config.every;
    let renewing = move || {
        loop {
            std::thread::sleep(every);
            match figures() {
                Ok(figures) => {
                    *pages.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Pages::of(&figures));
                }
                Err(error) => eprintln!("grainloss-fleet: {error}"),
            }
        }
    };
    std::thread::Builder::new().name("figures".to_owned()).spawn(renewing)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        axum::serve(listener, routes(shared)).await
    })?;
    Ok(())
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The socket or a thread fails.
    #[error(transparent)]
    System(#[from] io::Error),
}

fn routes(shared: Shared) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/page.css", get(|| async { ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE) }))
        .route("/page.js", get(|| async { ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT) }))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Before every route: the question must be to this computer, and the answer is kept to it.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = if is_ours(request.headers(), &shared.names) {
        next.run(request).await
    } else {
        let said = [Lang::Zh, Lang::En].map(|lang| words(lang).get("page-foreign-host")).join("\n");
        (StatusCode::MISDIRECTED_REQUEST, said).into_response()
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn of_query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The page. With the token in the address it is kept in a cookie from then on, and the script takes it out of the address.
async fn index(State(shared): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    let lang = of_query(&uri, "lang").map_or(shared.lang, |lang| Lang::of_locale(Some(lang)));
    let given = of_query(&uri, "t").map(|token| shared.token.is(token));
    if !given.unwrap_or_else(|| has_cookie(&headers, COOKIE, &shared.token)) {
        return (StatusCode::UNAUTHORIZED, no_token()).into_response();
    }
    let pages = Arc::clone(&shared.pages.read().unwrap_or_else(PoisonError::into_inner));
    let page = if lang == Lang::Zh { pages.zh.clone() } else { pages.en.clone() };
    let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
    let cookie = format!("{COOKIE}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={COOKIE_AGE_S}", shared.token.text());
    // A token has only signs that may be in a header.
    if let (Some(_), Ok(cookie)) = (given, HeaderValue::from_str(&cookie)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// How to get in, in both languages.
fn no_token() -> String {
    let of = |words: Words| words.get("fleet-page-no-token");
    format!("{}\n{}\n", of(words(Lang::Zh)), of(words(Lang::En)))
}

//! The socket: how many may connect, how long they may take, how much they may send.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};

use crate::live::Live;
use crate::shared::{Connection, MAX_BODY_BYTES, Shared};
use crate::{guard, page, post};
use grainloss_knowledge::Lang;
use grainloss_listen::{Address, Token, TokenError};
use grainloss_protocol::command::CommandSender;
use grainloss_protocol::snapshot::Snapshot;
use grainloss_tui::Screen;

/// Most connections at once (our choice: a browser opens six).
const MAX_CONNECTIONS: usize = 64;
/// Most pages that are open at once.
const MAX_STREAMS: usize = 16;
/// Longest header of a question, bytes.
const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Most lines of it.
const MAX_HEADER_LINES: usize = 64;
/// A question's header must be there after so long.
const HEADER_TIME: Duration = Duration::from_secs(5);
/// A connection without a stream of events is closed after so long; a browser opens another one.
const CONNECTION_TIME: Duration = Duration::from_secs(30);
/// How long what is under way may still take then.
const CLOSING_TIME: Duration = Duration::from_secs(5);
/// An address that cannot be had yet is tried again so often.
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How the page is served.
#[derive(Clone, Debug)]
pub struct WebConfig {
    /// Where to listen.
    pub address: Address,
    /// Names of this computer by which a browser may ask, besides its addresses and its own name.
    pub names: Vec<String>,
    /// The token; `None` for the one of the state folder.
    pub token: Option<Token>,
    /// The folder of the program's state.
    pub state_folder: PathBuf,
    /// The units of the screens.
    pub screen: Screen,
    /// The language of a browser that has chosen none.
    pub lang: Lang,
    /// An address that cannot be had now is tried again every second: the service does without a page until then.
    pub tries_again: bool,
}

/// Why there is no page.
#[derive(Debug, Error)]
pub enum ServerError {
    /// There is no token.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The address cannot be listened on.
    #[error("{address}: {error}")]
    Listen {
        /// The address.
        address: Address,
        /// What the system reports.
        error: io::Error,
    },
    /// A thread cannot be started.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// The server; dropping it closes the socket.
#[derive(Debug)]
pub struct Server {
    /// Where a browser finds the page, with the token.
    pub urls: Vec<String>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Serves the page on its own thread. What is entered on it goes to `commands`, whose sender's name is that of the page.
///
/// # Errors
/// When there is no token, the thread cannot be started, or, unless it is to be tried again, the address cannot be had.
pub fn serve(
    config: &WebConfig,
    snapshots: watch::Receiver<Snapshot>,
    commands: CommandSender,
) -> Result<Server, ServerError> {
    let token = match &config.token {
        Some(token) => token.clone(),
        None => Token::load_or_make(&config.state_folder)?,
    };
    let address = config.address;
    let listener = match address.listen() {
        Ok(listener) => Some(listener),
        Err(error) if config.tries_again => {
            tracing::warn!("{address}: no page yet, trying again every second: {error}");
            None
        }
        Err(error) => return Err(ServerError::Listen { address, error }),
    };
    let found = listener.as_ref().map(Address::of).transpose()?.unwrap_or(address);
    let urls = found.hosts().into_iter().map(|host| format!("http://{host}/?t={}", token.text())).collect();
    let shared = Shared {
        live: Arc::new(Live::new(snapshots, &config.screen)),
        commands,
        token: Arc::new(token),
        names: Arc::new(config.names.clone()),
        lang: config.lang,
        streams: Arc::new(Semaphore::new(MAX_STREAMS)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let work = move || {
        runtime.block_on(async move {
            let live = Arc::clone(&shared.live);
            let serving = async {
                let listener = match listener {
                    Some(listener) => listener,
                    None => listen_when_possible(address).await,
                };
                match TcpListener::from_std(listener) {
                    Ok(listener) => accept(listener, &shared).await,
                    Err(error) => tracing::warn!("{address}: no page: {error}"),
                }
            };
            tokio::select! {
                () = serving => {}
                () = live.run() => {}
                _ = stopped => {}
            }
        });
    };
    let thread = std::thread::Builder::new().name("web".to_owned()).spawn(work)?;
    Ok(Server { urls, stop: Some(stop), thread: Some(thread) })
}

async fn listen_when_possible(address: Address) -> std::net::TcpListener {
    loop {
        tokio::time::sleep(RETRY_EVERY).await;
        if let Ok(listener) = address.listen() {
            tracing::warn!("{address}: the page can be opened now");
            return listener;
        }
    }
}

/// What can be asked for. Everything else does not exist.
fn routes(shared: &Shared) -> Router {
    let needs_token = Router::new()
        .route("/events", get(page::events))
        .route("/acknowledge", post(post::acknowledge))
        .route("/pans/drop", post(post::drop_pan))
        .route("/pans/preview", post(post::preview))
        .route("/pans/count", post(post::count))
        .route("/pans/discard", post(post::discard))
        .route_layer(middleware::from_fn_with_state(shared.clone(), guard::need_token));
    Router::new()
        .route("/", get(page::index))
        .route("/page.css", get(page::style))
        .route("/theme.css", get(page::theme))
        .route("/page.js", get(page::script))
        .route("/charts.js", get(page::charts_script))
        .route("/icon.svg", get(page::icon))
        .merge(needs_token)
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared.clone())
}

async fn accept(listener: TcpListener, shared: &Shared) {
    let (routes, places) = (routes(shared), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!("the page's socket: {error}");
                tokio::time::sleep(RETRY_EVERY).await;
                continue;
            }
        };
        // Beyond the limit a connection is closed at once.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let routes = routes.clone();
        tokio::spawn(async move {
            connection(stream, routes).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, routes: Router) {
    let connection = Connection::default();
    let service = TowerToHyperService::new(routes.layer(Extension(connection.clone())));
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(MAX_HEADER_LINES)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    let close = async {
        tokio::time::sleep(CONNECTION_TIME).await;
        if connection.is_stream() {
            std::future::pending::<()>().await;
        }
    };
    // An error is the other side's: it has gone, or was too slow.
    tokio::select! {
        _ = &mut serving => return,
        () = connection.ended() => return,
        () = close => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(CLOSING_TIME, serving).await;
}

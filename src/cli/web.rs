//! The page for a phone or tablet: its option, and its server beside a run.

use clap::Args;
use tokio::sync::watch;

use super::error::CliError;
#[cfg(feature = "web")]
use super::error::complain;
#[cfg(feature = "web")]
use crate::cli::said::Said;
#[cfg(feature = "web")]
use crate::config::state_folder;
use crate::config::{Configuration, Flags};
use grainloss_knowledge::Words;
#[cfg(feature = "web")]
use grainloss_knowledge::spoken;
use grainloss_protocol::command::CommandSender;
use grainloss_protocol::snapshot::Snapshot;
#[cfg(feature = "web")]
use grainloss_web::{DEFAULT_ADDRESS, Server, ServerError, Token, TokenError, WebConfig, serve};

/// The name of the page among the senders of commands, in the journal.
#[cfg(feature = "web")]
const SENDER: &str = "page";

/// Where the page listens.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Screens")]
pub(super) struct WebOptions {
    /// A page for a phone or tablet: on this computer alone, or at an IP address and port that others can reach, without
    /// encryption [default: off; without an address 127.0.0.1:8460]
    #[cfg(feature = "web")]
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = DEFAULT_ADDRESS)]
    web: Option<String>,
}

impl WebOptions {
    /// What it says about `[web]`.
    #[cfg_attr(not(feature = "web"), allow(clippy::unused_self, reason = "without the page there is no option"))]
    pub fn flags(&self, flags: Flags) -> Flags {
        #[cfg(feature = "web")]
        let flags = flags.set("web.address", "--web", self.web.clone());
        flags
    }
}

/// True for an address that only this computer reaches; `None` for what is no address, or without the page in this program.
pub(super) fn is_loopback(address: &str) -> Option<bool> {
    #[cfg(feature = "web")]
    return address.parse::<grainloss_web::Address>().ok().map(|address| address.is_loopback());
    #[cfg(not(feature = "web"))]
    {
        let _ = address;
        None
    }
}

/// The page that is to be served, if any.
#[derive(Debug, Default)]
pub(super) struct Page {
    #[cfg(feature = "web")]
    config: Option<WebConfig>,
}

impl Page {
    #[cfg(feature = "simulator")]
    /// True when there is to be one.
    #[cfg_attr(not(feature = "web"), allow(clippy::unused_self, reason = "as with the page"))]
    pub const fn is_on(&self) -> bool {
        #[cfg(feature = "web")]
        return self.config.is_some();
        #[cfg(not(feature = "web"))]
        false
    }
}

/// The page while it is served; dropping it ends that.
#[derive(Debug, Default)]
pub(super) struct Served {
    /// Where it is found, with its token; empty without a page.
    pub urls: Vec<String>,
    #[cfg(feature = "web")]
    _server: Option<Server>,
}

#[cfg(feature = "web")]
impl Page {
    /// The page of the settings. A service goes on without it while its address cannot be had.
    ///
    /// # Errors
    /// When the address or the token is none.
    pub fn of(settings: &Configuration, is_service: bool, words: &Words) -> Result<Self, CliError> {
        let (web, screen) = (&settings.config.web, &settings.config.screen);
        let Some(address) = &web.address else { return Ok(Self::default()) };
        let address: grainloss_web::Address = address.parse().map_err(|_| {
            CliError::input(format!("--web: {}", words.with("config-web-address", &[("address", address)])))
        })?;
        let token = web.token.as_deref().map(Token::chosen).transpose().map_err(CliError::input)?;
        let state_folder = state_folder().ok_or_else(|| CliError::input(words.get("page-no-folder")))?;
        if !address.is_loopback() {
            complain(&words.with("page-no-encryption", &[("address", &address.to_string())]));
        }
        let names = web.names.clone();
        let (screen, lang, tries_again) = (screen.clone(), words.lang, is_service);
        Ok(Self { config: Some(WebConfig { address, names, token, state_folder, screen, lang, tries_again }) })
    }

    /// Serves it, and says where it is.
    ///
    /// # Errors
    /// When it cannot be served.
    pub fn serve(
        self,
        snapshots: watch::Receiver<Snapshot>,
        commands: &CommandSender,
        words: &Words,
    ) -> Result<Served, CliError> {
        let Some(config) = self.config else { return Ok(Served::default()) };
        let server = match serve(&config, snapshots, commands.named(SENDER)) {
            Ok(server) => server,
            // Nothing about a page keeps the service from its work.
            Err(error) if config.tries_again => {
                tracing::warn!("there is no page: {error}");
                return Ok(Served::default());
            }
            Err(error) => return Err(CliError::input(format!("--web: {}", error.said()))),
        };
        for url in &server.urls {
            complain(&words.with("page-open-at", &[("url", url)]));
        }
        Ok(Served { urls: server.urls.clone(), _server: Some(server) })
    }
}

#[cfg(not(feature = "web"))]
impl Page {
    /// No page, since the program was built without it.
    ///
    /// # Errors
    /// When the settings ask for one.
    pub fn of(settings: &Configuration, _: bool, words: &Words) -> Result<Self, CliError> {
        match settings.config.web.address {
            None => Ok(Self::default()),
            Some(_) => Err(CliError::input(words.get("page-not-here"))),
        }
    }

    /// Nothing is served.
    ///
    /// # Errors
    /// Never.
    #[allow(clippy::unnecessary_wraps, clippy::unused_self, reason = "as with the page")]
    pub fn serve(self, _: watch::Receiver<Snapshot>, _: &CommandSender, _: &Words) -> Result<Served, CliError> {
        Ok(Served::default())
    }
}

#[cfg(feature = "web")]
impl Said for TokenError {
    fn said(&self) -> String {
        let with = |key: &str, path: &std::path::Path| spoken().with(key, &[("file", &path.display().to_string())]);
        match self {
            Self::Unfit => spoken().get("config-web-token"),
            Self::File { path, error } => format!("{}: {}", path.display(), error.said()),
            Self::Readable(path) => with("page-token-readable", path),
            Self::None(path) => with("page-token-none", path),
        }
    }
}

#[cfg(feature = "web")]
impl Said for ServerError {
    fn said(&self) -> String {
        match self {
            Self::Token(error) => error.said(),
            Self::Listen { address, error } => format!("{address}: {}", error.said()),
            Self::System(error) => error.said(),
        }
    }
}

//! One browser's stream of events (server-sent events, WHATWG HTML, section 9.2). It gets the newest state when it has taken the
//! one before: a slow one skips, and one that takes nothing is left.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};

use crate::shared::Connection;

/// A browser that takes nothing for so long is disconnected.
const STUCK: Duration = Duration::from_secs(30);
/// How long a browser waits at first before it connects again, ms.
const RETRY_MS: u32 = 500;

/// The body of a stream: what the task behind it hands over, one at a time.
struct Events(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.get_mut().0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// What a stream is made of.
#[derive(Debug)]
pub(crate) struct Sources {
    /// The state in a language, as JSON.
    pub states: watch::Receiver<Arc<str>>,
    /// Map and charts, as JSON; empty while there are none.
    pub charts: watch::Receiver<Arc<str>>,
}

/// A stream of events. `place` is given back when it ends.
pub(crate) fn stream(sources: Sources, connection: Connection, place: OwnedSemaphorePermit) -> Response {
    connection.streams();
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(async move {
        feed(sources, &send).await;
        // Whatever it ended by: the socket of a browser that takes nothing must not stay.
        connection.end();
        drop(place);
    });
    let headers = [(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")];
    (headers, Body::new(Events(receive))).into_response()
}

async fn feed(mut sources: Sources, to: &mpsc::Sender<Bytes>) {
    if to.send(Bytes::from(format!("retry: {RETRY_MS}\n\n"))).await.is_err() {
        return;
    }
    loop {
        let (source, name) = tokio::select! {
            Ok(()) = sources.states.changed() => (&mut sources.states, "message"),
            Ok(()) = sources.charts.changed() => (&mut sources.charts, "charts"),
            () = to.closed() => return,
            else => return,
        };
        let Ok(Ok(room)) = tokio::time::timeout(STUCK, to.reserve()).await else { return };
        // Only now, so that it is the newest.
        let text = Arc::clone(&source.borrow_and_update());
        if !text.is_empty() {
            // JSON has no line breaks of its own.
            room.send(Bytes::from(format!("event: {name}\ndata: {text}\n\n")));
        }
    }
}

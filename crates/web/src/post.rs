//! What can be done on the page: acknowledge, and pans. It goes the way of every screen's commands, and what becomes of it
//! is said in the screen's words.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::page::PageLang;
use crate::shared::{MAX_BODY_BYTES, Shared};
use grainloss_core::harvest::PanKind;
use grainloss_knowledge::Lang;
use grainloss_protocol::command::{CommandError, CommandReply, OperatorCommand};
use grainloss_tui::{PageForm, PageReply};

/// A body must be there after so long.
const BODY_TIME: Duration = Duration::from_secs(5);
/// How often the reply to a command is looked for.
const REPLY_POLL: Duration = Duration::from_millis(20);
/// A command without a reply for so long is answered with `Busy`.
const REPLY_TIMEOUT: Duration = Duration::from_secs(5);

/// Nothing is said but the question itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DropPan {
    kind: PanKind,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Discard {
    drop: u32,
}

pub(crate) async fn acknowledge(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match read::<Nothing>(&headers, body).await {
        Ok(Nothing {}) => send(&shared, lang, OperatorCommand::Acknowledge).await,
        Err(refused) => refused,
    }
}

pub(crate) async fn drop_pan(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match read::<DropPan>(&headers, body).await {
        Ok(DropPan { kind }) => send(&shared, lang, OperatorCommand::Drop { kind }).await,
        Err(refused) => refused,
    }
}

pub(crate) async fn discard(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match read::<Discard>(&headers, body).await {
        Ok(Discard { drop }) => send(&shared, lang, OperatorCommand::Discard { drop }).await,
        Err(refused) => refused,
    }
}

/// What a filled form would mean. Nothing is entered.
pub(crate) async fn preview(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match read::<PageForm>(&headers, body).await {
        Ok(form) => {
            // What is not filled in yet is no failure of the question.
            let (_, reply) = shared.live.with(lang, |app| app.page_count(&form));
            said(StatusCode::OK, &reply)
        }
        Err(refused) => refused,
    }
}

pub(crate) async fn count(
    State(shared): State<Shared>,
    PageLang(lang): PageLang,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let form: PageForm = match read(&headers, body).await {
        Ok(form) => form,
        Err(refused) => return refused,
    };
    let (count, reply) = shared.live.with(lang, |app| app.page_count(&form));
    match count {
        Some(count) => send(&shared, lang, OperatorCommand::Count { drop: form.drop, count }).await,
        None => answer(&reply),
    }
}

/// The body as JSON: of JSON's type, which no form of another page can have, of some length, and there in time.
#[allow(clippy::result_large_err, reason = "an answer is made once a question")]
async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Response> {
    let refused = |status: StatusCode, why: &'static str| Err((status, why).into_response());
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "expected application/json\n");
    }
    let bytes: Bytes = match tokio::time::timeout(BODY_TIME, to_bytes(body, MAX_BODY_BYTES)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => return refused(StatusCode::PAYLOAD_TOO_LARGE, "longer than 4096 bytes\n"),
        Err(_) => return refused(StatusCode::REQUEST_TIMEOUT, "the body did not come\n"),
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let why = format!("not what is expected here: {error}\n");
        (StatusCode::BAD_REQUEST, why).into_response()
    })
}

async fn send(shared: &Shared, lang: Lang, command: OperatorCommand) -> Response {
    let waiting = shared.commands.send(command.clone());
    // Owned by this future: a pending reply belongs to one thread at a time.
    let reply = async move {
        let mut every = tokio::time::interval(REPLY_POLL);
        loop {
            every.tick().await;
            if let Some(reply) = waiting.poll() {
                return reply;
            }
        }
    };
    let reply = tokio::time::timeout(REPLY_TIMEOUT, reply).await.unwrap_or(CommandReply::Refused(CommandError::Busy));
    answer(&shared.live.with(lang, |app| app.page_reply(&command, &reply)))
}

/// 200 when it was done or can be, otherwise 409; what is said of it as JSON.
fn answer(reply: &PageReply) -> Response {
    said(if reply.done { StatusCode::OK } else { StatusCode::CONFLICT }, reply)
}

fn said(status: StatusCode, reply: &PageReply) -> Response {
    let text = serde_json::to_string(reply).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

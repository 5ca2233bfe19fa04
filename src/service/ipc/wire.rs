//! Messages as bytes: the length, four bytes little-endian, then so many bytes of MessagePack with named fields.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::error::LinkError;

/// Longest message to the service, bytes.
pub const MAX_TO_SERVICE: usize = 16 * 1024;
/// Longest message to a screen, bytes.
pub const MAX_TO_SCREEN: usize = 4 * 1024 * 1024;
/// A message as bytes for the socket.
///
/// # Errors
/// When the message cannot be encoded, or is longer than its length can say.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, LinkError> {
    let mut bytes = vec![0; 4];
    rmp_serde::encode::write_named(&mut bytes, message).map_err(|error| LinkError::Damaged(error.to_string()))?;
    let length = u32::try_from(bytes.len() - 4).map_err(|_| LinkError::TooLong(bytes.len(), MAX_TO_SCREEN))?;
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    Ok(bytes)
}

/// Writes an encoded message.
///
/// # Errors
/// When the socket cannot be written.
pub async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), LinkError> {
    to.write_all(bytes).await?;
    Ok(to.flush().await?)
}

/// Reads the next message, at most `max_bytes` long; no memory is reserved for a longer one.
///
/// # Errors
/// When the other side has closed, the message is too long or cannot be decoded, or the socket cannot be read.
pub async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin), max_bytes: usize) -> Result<T, LinkError> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(LinkError::Closed),
        other => other?,
    };
    let length = u32::from_le_bytes(length) as usize;
    if length > max_bytes {
        return Err(LinkError::TooLong(length, max_bytes));
    }
    let mut bytes = vec![0; length];
    match from.read_exact(&mut bytes).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(LinkError::Closed),
        other => other?,
    };
    rmp_serde::from_slice(&bytes).map_err(|error| LinkError::Damaged(error.to_string()))
}

//! What opens the page: 128 random bits, made once and kept in a file that its user alone may read.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The file in the folder of the program's state.
const FILE: &str = "web-token";
/// Random bytes of a token.
const BYTES: usize = 16;
/// Characters of one that was made here.
const MADE_CHARS: usize = 22;
/// The shortest and the longest that may be configured, characters: 16 of 64 signs are 96 bits (our choice).
const CHARS: std::ops::RangeInclusive<usize> = 16..=64;
/// The signs of a token: base 64 for URLs (RFC 4648).
const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What opens the page. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why there is no token.
#[derive(Debug, Error)]
pub enum TokenError {
    /// It is not one.
    #[error("a token has 16 to 64 characters of A-Z, a-z, 0-9, - and _")]
    Unfit,
    /// The file cannot be read or made.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system reports.
        error: io::Error,
    },
    /// Others than its owner may read it.
    #[error("{}: others may read this token; take it from them with chmod 600, or delete it for a new one", .0.display())]
    Readable(PathBuf),
    /// The file holds no token.
    #[error("{}: this is no token; delete it for a new one", .0.display())]
    None(PathBuf),
}

impl Token {
    /// One that the user has chosen.
    ///
    /// # Errors
    /// When it is too short, too long, or has other signs than A-Z, a-z, 0-9, - and _.
    pub fn chosen(text: &str) -> Result<Self, TokenError> {
        let fits = CHARS.contains(&text.len()) && text.bytes().all(|c| SIGNS.contains(&c));
        fits.then(|| Self(text.to_owned())).ok_or(TokenError::Unfit)
    }

    /// The one of this folder; made where there is none yet.
    ///
    /// # Errors
    /// When the file cannot be read or made, others may read it, or it holds no token.
    pub fn load_or_make(folder: &Path) -> Result<Self, TokenError> {
        let path = folder.join(FILE);
        let failed = |error: io::Error| TokenError::File { path: path.clone(), error };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                std::fs::create_dir_all(folder).map_err(failed)?;
                return Self::make(&path).map_err(failed);
            }
            Err(error) => return Err(failed(error)),
        };
        if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(TokenError::Readable(path));
        }
        let mut text = String::new();
        file.take(1024).read_to_string(&mut text).map_err(failed)?;
        Self::chosen(text.trim_end()).map_err(|_| TokenError::None(path))
    }

    fn make(path: &Path) -> io::Result<Self> {
        let mut random = [0_u8; BYTES];
        File::open("/dev/urandom")?.read_exact(&mut random)?;
        let token = Self(encoded(&random));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(format!("{}\n", token.0).as_bytes())?;
        file.sync_all()?;
        Ok(token)
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// True when this is it. How long that takes does not depend on where they differ.
    pub fn is(&self, other: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), other.as_bytes());
        let differs = ours.iter().enumerate().fold(0, |differs, (at, sign)| {
            // Its length is no news: every token of this make has the same.
            differs | (sign ^ theirs.get(at).copied().unwrap_or(0))
        });
        std::hint::black_box(differs) == 0 && ours.len() == theirs.len()
    }
}

/// Base 64 for URLs, without padding.
fn encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(MADE_CHARS);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(SIGNS[(bits >> (18 - 6 * place)) as usize & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_only_its_user_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state");
        let made = Token::load_or_make(&state).unwrap();
        assert_eq!(made.text().len(), MADE_CHARS);
        assert_eq!(Token::load_or_make(&state).unwrap(), made);
        let path = state.join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_ne!(Token::load_or_make(folder.path()).unwrap(), made, "each folder has its own");

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Token::load_or_make(&state).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "short").unwrap();
        assert!(Token::load_or_make(&state).unwrap_err().to_string().contains("delete it"));
    }

    #[test]
    fn only_the_whole_token_is_it() {
        let token = Token::chosen("abcdefghijklmnop").unwrap();
        assert!(token.is("abcdefghijklmnop"));
        for other in ["", "abcdefghijklmno", "abcdefghijklmnoq", "abcdefghijklmnopq", "Abcdefghijklmnop"] {
            assert!(!token.is(other), "{other}");
        }
        assert!(!format!("{token:?}").contains("abc"));
        for unfit in ["", "short", "with space in it", "emailaddress@host", &"x".repeat(65)] {
            assert!(Token::chosen(unfit).is_err(), "{unfit}");
        }
    }

    #[test]
    fn it_is_written_as_rfc_4648_says() {
        // Test vectors of RFC 4648, section 10, and its sign for 62 and 63.
        for (bytes, text) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(encoded(bytes.as_bytes()), text);
        }
        assert_eq!(encoded(&[0xfb, 0xff]), "-_8");
    }
}

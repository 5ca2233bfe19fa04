//! Whom to trust, and who we are.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};

/// The files of a TLS connection, as PEM.
#[derive(Clone, Debug, Default)]
pub struct TlsFiles {
    /// The authorities that are trusted; `None` for those of the system.
    pub ca: Option<PathBuf>,
    /// Our certificate, and its key; `None` when the other side does not ask who we are.
    pub client: Option<(PathBuf, PathBuf)>,
}

/// Why a file of TLS cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// It cannot be read, or holds nothing of its kind.
    #[error("{}: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// Others may read the key.
    #[error("{}: others may read this key; take it from them with chmod 600", .0.display())]
    Readable(PathBuf),
}

/// What was read of them.
#[derive(Debug)]
pub struct Tls {
    roots: Vec<CertificateDer<'static>>,
    client: Option<(Vec<CertificateDer<'static>>, Key)>,
}

/// A private key, and the text that it was read from: ureq wants that.
struct Key {
    der: PrivateKeyDer<'static>,
    pem: String,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files; without a file of authorities those of the system are trusted.
    ///
    /// # Errors
    /// [`TlsError`] when a file cannot be used.
    pub fn load(files: &TlsFiles) -> Result<Self, TlsError> {
        let roots = match &files.ca {
            Some(path) => certificates(path)?,
            None => rustls_native_certs::load_native_certs().certs,
        };
        let client = match &files.client {
            Some((certificate, key)) => Some((certificates(certificate)?, private_key(key)?)),
            None => None,
        };
        Ok(Self { roots, client })
    }

    /// For MQTT.
    ///
    /// # Errors
    /// What rustls says of a certificate and a key that do not fit.
    pub fn for_mqtt(&self) -> Result<Arc<ClientConfig>, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.roots.iter().cloned());
        let said = |error: rustls::Error| error.to_string();
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(said)?
            .with_root_certificates(roots);
        let config = match &self.client {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.der.clone_key()).map_err(said)?,
        };
        Ok(Arc::new(config))
    }

    /// For HTTP.
    pub(crate) fn for_http(&self) -> Result<TlsConfig, String> {
        let of = |certificates: &[CertificateDer<'static>]| -> Vec<Certificate<'static>> {
            certificates.iter().map(|found| Certificate::from_der(found.as_ref()).to_owned()).collect()
        };
        let client = match &self.client {
            None => None,
            Some((chain, key)) => {
                let key = PrivateKey::from_pem(key.pem.as_bytes()).map_err(|error| error.to_string())?;
                Some(ClientCert::new_with_certs(&of(chain), key))
            }
        };
        Ok(TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::Specific(Arc::new(of(&self.roots))))
            .client_cert(client)
            .unversioned_rustls_crypto_provider(provider())
            .build())
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let wrong = |problem: String| TlsError::File { path: path.to_owned(), problem };
    let all: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?.collect();
    let all = all.map_err(|error| wrong(error.to_string()))?;
    if all.is_empty() { Err(wrong("no certificate as PEM in it".to_owned())) } else { Ok(all) }
}

fn private_key(path: &Path) -> Result<Key, TlsError> {
    let wrong = |problem: String| TlsError::File { path: path.to_owned(), problem };
    let about = fs::metadata(path).map_err(|error| wrong(error.to_string()))?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(TlsError::Readable(path.to_owned()));
    }
    let pem = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    Ok(Key { der, pem })
}

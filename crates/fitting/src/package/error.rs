//! What is wrong with a package.

/// What is wrong with a package, or why none can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageError {
    /// Not of this form at all.
    #[error("{file}: {problem}")]
    Form {
        /// The file within the package.
        file: String,
        /// What was expected.
        problem: String,
    },
    /// A name that no package holds: paths, links, further files.
    #[error(
        "'{0}' is in it; a package holds manifest.json, profile.toml, signals.dbc, vectors.jsonl and check.json as plain files, nothing else"
    )]
    Foreign(String),
    /// A file that is missing.
    #[error("{0} is missing")]
    Missing(String),
    /// A file that is longer than such a file may be.
    #[error("{file} is longer than {most} bytes")]
    TooLong {
        /// The file within the package.
        file: String,
        /// The limit.
        most: usize,
    },
    /// A name appears twice.
    #[error("{0} is in it twice")]
    Twice(String),
    /// The profile cannot be made public as it is.
    #[error("the profile cannot be published: {0}")]
    Unpublishable(String),
}

impl PackageError {
    pub(super) fn form(file: &str, problem: impl std::fmt::Display) -> Self {
        Self::Form { file: file.to_owned(), problem: problem.to_string() }
    }
}

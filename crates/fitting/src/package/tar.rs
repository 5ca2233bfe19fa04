//! The package as one file: ustar (POSIX.1-1988), plain files only. Reading is strict: whatever a package does not hold is
//! refused by its name before anything of it is kept.

use super::error::PackageError;
use super::files::{Files, longest};

const BLOCK: usize = 512;

/// Writes the files as a tar file, always the same bytes for the same files: no owner, no date.
pub fn to_tar(files: &Files) -> Vec<u8> {
    let mut tar = Vec::new();
    for (name, bytes) in files {
        let mut head = [0u8; BLOCK];
        head[..name.len()].copy_from_slice(name.as_bytes());
        for (at, text) in [
            (100, "0000644\0".to_owned()),
            (108, "0000000\0".to_owned()),
            (116, "0000000\0".to_owned()),
            (124, format!("{:011o}\0", bytes.len())),
            (136, "00000000000\0".to_owned()),
            (148, "        ".to_owned()),
            (156, "0".to_owned()),
            (257, "ustar\x0000".to_owned()),
        ] {
            head[at..at + text.len()].copy_from_slice(text.as_bytes());
        }
        let sum = format!("{:06o}\0 ", checksum(&head));
        head[148..156].copy_from_slice(sum.as_bytes());
        tar.extend(head);
        tar.extend(bytes);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * BLOCK, 0);
    tar
}

/// Reads the files of a package.
///
/// # Errors
///
/// Where it is no such tar file, or holds anything that a package does not: paths, links, devices, unknown names, a name
/// twice, files that are too long.
pub fn from_tar(tar: &[u8]) -> Result<Files, PackageError> {
    let wrong = |problem: &str| PackageError::form("tar", problem);
    let mut files = Files::new();
    let mut rest = tar;
    loop {
        let Some((head, behind)) = rest.split_first_chunk::<BLOCK>() else {
            return Err(wrong("it ends in the middle; expected two empty blocks at its end"));
        };
        if head.iter().all(|byte| *byte == 0) {
            return Ok(files);
        }
        if octal(&head[148..156]) != Some(checksum(head)) || !head[257..].starts_with(b"ustar") {
            return Err(wrong("a head with a wrong checksum, or no ustar file; expected a package of machine publish"));
        }
        let name = until_nul(&head[..100]);
        let name = String::from_utf8_lossy(name).into_owned();
        let is_plain = matches!(head[156], b'0' | 0) && until_nul(&head[345..500]).is_empty();
        let Some(most) = longest(&name).filter(|_| is_plain) else { return Err(PackageError::Foreign(name)) };
        let size = octal(&head[124..136]).ok_or_else(|| wrong("a size that is no octal number"))?;
        if size > most {
            return Err(PackageError::TooLong { file: name, most });
        }
        let Some(bytes) = behind.get(..size) else { return Err(wrong("it ends in the middle of a file")) };
        rest = behind.get(size.next_multiple_of(BLOCK)..).unwrap_or_default();
        if files.insert(name.clone(), bytes.to_vec()).is_some() {
            return Err(PackageError::Twice(name));
        }
    }
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The sum of the head's bytes, its own field counted as blanks.
fn checksum(head: &[u8; BLOCK]) -> usize {
    head.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { usize::from(*byte) }).sum()
}

fn octal(field: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(until_nul(field)).ok()?.trim();
    usize::from_str_radix(text, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Files {
        [("profile.toml", b"name = 1".to_vec()), ("check.json", vec![b'x'; 512])].map(|(n, b)| (n.to_owned(), b)).into()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let tar = to_tar(&files());
        assert_eq!(tar.len() % BLOCK, 0);
        assert_eq!(from_tar(&tar), Ok(files()));
    }

    /// A tar file with one head changed by hand, its checksum made right again.
    fn changed(change: impl Fn(&mut [u8])) -> Vec<u8> {
        let mut tar = to_tar(&files());
        change(&mut tar[..BLOCK]);
        let head: &[u8; BLOCK] = tar[..BLOCK].first_chunk().unwrap();
        let sum = format!("{:06o}\0 ", checksum(head));
        tar[148..156].copy_from_slice(sum.as_bytes());
        tar
    }

    #[test]
    fn paths_links_and_foreign_files_are_refused() {
        let named = |name: &str| {
            changed(|head| {
                head[..100].fill(0);
                head[..name.len()].copy_from_slice(name.as_bytes());
            })
        };
        for name in ["../profile.toml", "/etc/passwd", "a/profile.toml", "./profile.toml", "x", "", "\x1b[2J"] {
            assert_eq!(from_tar(&named(name)), Err(PackageError::Foreign(name.to_owned())), "{name}");
        }
        // A symbolic link, a hard link, a folder, a device, an extended head.
        for kind in *b"2153xgLK" {
            let tar = changed(|head| head[156] = kind);
            assert!(matches!(from_tar(&tar), Err(PackageError::Foreign(_))), "{kind}");
        }
        let tar = changed(|head| head[345..348].copy_from_slice(b"../"));
        assert!(matches!(from_tar(&tar), Err(PackageError::Foreign(_))));
        assert_eq!(from_tar(&named("profile.toml")), Err(PackageError::Twice("profile.toml".to_owned())));
        let tar = changed(|head| head[124..136].copy_from_slice(b"77777777777\0"));
        assert!(matches!(from_tar(&tar), Err(PackageError::TooLong { .. })));
    }

    #[test]
    fn a_cut_or_random_file_is_refused() {
        let tar = to_tar(&files());
        for end in (0..tar.len() - 2 * BLOCK).step_by(97) {
            assert!(from_tar(&tar[..end]).is_err(), "{end}");
        }
        assert!(from_tar(&[7; 4096]).is_err());
    }
}

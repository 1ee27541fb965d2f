//! The archive: the same files make the same bytes, whoever packs them and when.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::files::Files;

/// The time of all files: the one that `cargo package` gives to files, because some programs
/// take the beginning of 1970 for a mistake.
const TIME_S: u64 = 1_153_704_088;

/// Packs the files, in the order of their paths, into the folder `name`.
pub(super) fn pack(name: &str, files: &Files) -> Result<Vec<u8>> {
    // The encoder writes no time and no name into its head.
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for (path, file) in files {
        let mut head = tar::Header::new_gnu();
        head.set_mode(if file.runs { 0o755 } else { 0o644 });
        head.set_uid(0);
        head.set_gid(0);
        head.set_mtime(TIME_S);
        head.set_size(file.content.len() as u64);
        let added = tar.append_data(&mut head, format!("{name}/{path}"), file.content.as_slice());
        added.with_context(|| format!("cannot pack {path}"))?;
    }
    Ok(tar.into_inner()?.finish()?)
}

/// Unpacks an archive into a folder.
pub(super) fn unpack(packed: &[u8], folder: &Path) -> Result<()> {
    let unpacked = tar::Archive::new(GzDecoder::new(packed)).unpack(folder);
    unpacked.with_context(|| format!("cannot unpack into {}", folder.display()))
}

/// The paths in an archive, in order.
pub(super) fn paths(packed: &[u8]) -> Result<Vec<String>> {
    let mut archive = tar::Archive::new(GzDecoder::new(packed));
    let mut paths = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        paths.push(entry.path()?.to_string_lossy().into_owned());
        // What is packed must come out whole.
        std::io::copy(&mut entry.by_ref(), &mut std::io::sink())?;
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::super::files::File;
    use super::*;

    #[test]
    fn the_same_files_make_the_same_archive() {
        let file = |text: &str, runs| File { content: text.as_bytes().to_vec(), runs };
        let files = Files::from([
            ("doc/a.1".to_owned(), file("page", false)),
            ("a".to_owned(), file("program", true)),
            (format!("book/{}.html", "long".repeat(50)), file("deep", false)),
        ]);
        let packed = pack("a-v1", &files).unwrap();
        assert_eq!(packed, pack("a-v1", &files).unwrap());
        let long = format!("a-v1/book/{}.html", "long".repeat(50));
        assert_eq!(paths(&packed).unwrap(), ["a-v1/a", &long, "a-v1/doc/a.1"]);
    }

    #[test]
    fn half_an_archive_is_refused() {
        let files = Files::from([("a".to_owned(), File { content: vec![7; 999], runs: false })]);
        let packed = pack("a", &files).unwrap();
        assert!(paths(&packed[..packed.len() / 2]).is_err());
    }
}

//! Lines that somebody types.

use std::io::{BufRead, ErrorKind, Read as _};

/// Bytes of a line that are looked at; whoever types more has not typed a command.
const LINE_MAX: u64 = 1024;

/// The next line, of which only the beginning is kept; nothing at the end of the input.
pub(super) fn read(input: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let taken = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line)?;
    if taken == 0 {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        skip_line(input)?;
    }
    Ok(Some(String::from_utf8_lossy(&line).into_owned()))
}

/// Skips what is left of a line.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let waiting = match input.fill_buf() {
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            waiting => waiting?,
        };
        let end = waiting.iter().position(|byte| *byte == b'\n');
        let (skipped, over) = match end {
            Some(at) => (at + 1, true),
            None => (waiting.len(), waiting.is_empty()),
        };
        input.consume(skipped);
        if over {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_is_in_it() {
        let long = [vec![b'7'; 1_000_000], b"\n2\n".to_vec(), vec![0xff, b'\n'], b"u".to_vec()];
        let mut input = std::io::Cursor::new(long.concat());
        let mut next = || read(&mut input).expect("it is in memory");
        assert_eq!(next().map(|line| line.len()), Some(1024));
        assert_eq!(next().as_deref(), Some("2\n"));
        assert_eq!(next().as_deref(), Some("\u{fffd}\n"));
        assert_eq!(next().as_deref(), Some("u"));
        assert_eq!(next(), None);
    }
}

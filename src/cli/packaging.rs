//! `grainloss packaging`: what a package needs besides the binary, made by the binary itself.

use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;

use super::error::CliError;
use crate::cli::said::Said as _;

/// Write man pages and completions, for those who make packages.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder: man/ and completions/ are made in it
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// `cli` builds the whole command line.
pub(super) fn main(args: &Args, cli: fn() -> Command) -> Result<(), CliError> {
    let wrong = |error: std::io::Error| CliError::input(format!("--out {}: {}", args.out.display(), error.said()));
    write(&args.out, cli).map_err(wrong)?;
    super::table::wrote(&args.out);
    Ok(())
}

fn write(out: &Path, command: fn() -> Command) -> std::io::Result<()> {
    let (man, completions) = (out.join("man"), out.join("completions"));
    std::fs::create_dir_all(&man)?;
    std::fs::create_dir_all(&completions)?;
    let mut cli = command();
    cli.build();
    pages(&cli, &man)?;
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
        clap_complete::generate_to(shell, &mut command(), "grainloss", &completions)?;
    }
    Ok(())
}

/// A page for each command, and for each of its own.
fn pages(command: &Command, man: &Path) -> std::io::Result<()> {
    if command.is_hide_set() {
        return Ok(());
    }
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name.to_uppercase()).render(&mut page)?;
    std::fs::write(man.join(format!("{name}.1")), page)?;
    command.get_subcommands().filter(|command| command.get_name() != "help").try_for_each(|command| pages(command, man))
}

//! The command `grainloss-fleet`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}

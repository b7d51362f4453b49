//! `zielraum`: the command line. What it does stands in [`zielraum::cli`].

fn main() -> std::process::ExitCode {
    zielraum::cli::main()
}

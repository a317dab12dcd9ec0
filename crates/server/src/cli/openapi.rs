use super::Result;

/// `portico openapi`: prints the description, as `openapi/openapi.json` keeps it.
#[expect(clippy::print_stdout, reason = "printing is what the command is for")]
pub fn print() -> Result {
    println!("{}", server::serve::description().to_pretty_json()?);
    Ok(())
}

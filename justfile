# The front door: `just` lists what there is. `./dev RECIPE` installs what a recipe needs first.

cache := env("XDG_CACHE_HOME", env("HOME") / ".cache") / "portico"

export CARGO_TARGET_DIR := env("CARGO_TARGET_DIR", cache / "target")
export PATH := cache / "tools/bin" + ":" + env("PATH")
# Queries are checked against the committed `.sqlx`, whatever DATABASE_URL the product is told to use; `gen` renews it.
export SQLX_OFFLINE := "true"

[private]
default:
    @just --list --unsorted

# Build the applications and the server with today's sources, quickest to a running product
build: (web "wasm")
    cargo build --package server

# Build and run the server; arguments go to `portico serve`
run *args: build
    exec "$CARGO_TARGET_DIR/debug/portico" serve {{ args }}

# Fill a demo and serve it; arguments go to `portico demo`
demo *args: build
    exec "$CARGO_TARGET_DIR/debug/portico" demo {{ args }}

# Serve a demo on PORT, rebuilt and restarted whenever a source file changes
watch port="8080":
    scripts/watch {{ port }}

# Build the browser's applications: `wasm` is small, `dev` is quick to build
web profile="wasm":
    scripts/web {{ profile }}

# Everything that CI checks: formatting, lints, generated files, size budget, all tests
[no-exit-message]
test:
    @scripts/test

# Rust tests whose name contains NAME, with their output
test-one name *args:
    cargo nextest run --workspace --no-capture {{ args }} -- {{ name }}

# Journeys in a browser; arguments go to Playwright (a file, `--headed`, `--grep TEXT`)
e2e *args: build
    cd e2e && npx playwright test {{ args }}

# How fast it is: beside a bare handler, and with a million invoices; arguments go to `portico-bench` (`--help`)
bench *args:
    cargo build --release --locked --package server --package bench
    exec "$CARGO_TARGET_DIR/release/portico-bench" {{ args }}

# Ten thousand operations with money on a server that is killed meanwhile; arguments go to `portico-bench crash`
crash *args:
    cargo build --release --locked --package server --package bench
    exec "$CARGO_TARGET_DIR/release/portico-bench" crash {{ args }}

# Renew what is generated and committed: offline query data, the API's description
gen:
    scripts/gen

# Formatting and lints, warnings denied, natively and for the browser
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- --deny warnings
    CARGO_TARGET_DIR="$CARGO_TARGET_DIR-web" cargo clippy --package frontend --all-features --target wasm32-unknown-unknown --locked -- --deny warnings

# Format all sources
fmt:
    cargo fmt --all

# First-load bytes of each application, brotli; `--check` fails over the budget
size *args: (web "wasm")
    node scripts/size.mjs {{ args }}

# The developer's PostgreSQL, up to date with the migrations: prints its DATABASE_URL (also `psql`, `reset`, `stop`)
db *command:
    @scripts/db {{ command }}

# Pictures of the demo's pages (paths) on a phone and a desk, light and dark, into e2e/shots; of none, the README's own
screenshots *paths: build
    cd e2e && PORTICO_SHOTS="{{ paths }}" npx playwright test --config screenshots.config.ts

//! The clients' application.

fn main() {
    frontend::portal::start();
}

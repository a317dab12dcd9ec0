//! The staff's application.

fn main() {
    frontend::console::start();
}

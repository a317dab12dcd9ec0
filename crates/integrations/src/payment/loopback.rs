//! A server on loopback for the fakes: it stops when dropped.

use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

/// A running server.
pub(super) struct Loopback {
    url: String,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    /// Starts one on a port of its own. Works inside and outside of an async runtime.
    pub(super) fn start(configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || App::new().configure(configure.clone()))
                    .workers(1)
                    // Or a request on an open connection is answered after the fake was dropped.
                    .keep_alive(KeepAlive::Disabled)
                    .disable_signals()
                    .shutdown_timeout(0)
                    .listen(listener)
                    .expect("the socket is bound")
                    .run();
                sender.send(server.handle()).expect("whoever started this waits for it");
                server.await.expect("the server of the fake runs until it is stopped");
            });
        });
        let server = receiver.recv().expect("the fake starts");
        Self { url, server, thread: Some(thread) }
    }

    /// Its address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        // The command is sent when `stop` is called; the future only waits for it to be done.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic of the server's has been reported by then, and a second one here would abort the test
            // run.
            let _ = thread.join();
        }
    }
}

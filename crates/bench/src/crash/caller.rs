//! A client that asks until it is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{Error, Result};

/// For how long one question is asked again.
const UNTIL: Duration = Duration::from_mins(2);
/// The pause before that.
const PAUSE: Duration = Duration::from_millis(30);

/// How often questions had to be asked again, of all callers together.
#[derive(Debug, Default)]
pub struct Patience(AtomicUsize);

impl Patience {
    /// How often.
    pub fn asked_again(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Question {
    fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Bytes::new() }
    }

    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// Does something.
    pub fn post(path: impl Into<String>, body: &Value) -> Self {
        Self { body: body.to_string().into(), ..Self::new(Method::POST, path) }
    }

    /// Sets something.
    pub fn put(path: impl Into<String>, body: &Value) -> Self {
        Self { body: body.to_string().into(), ..Self::new(Method::PUT, path) }
    }

    /// Takes something away.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// With these bytes as they are.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = body.into();
        self
    }

    /// With a header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, if it is JSON.
    pub body: Value,
}

impl Answer {
    /// Whether it was done.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The problem's code.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The body of what must have been done.
    pub fn done(self) -> Result<Value> {
        if self.ok() {
            return Ok(self.body);
        }
        Err(format!("answered {}: {}", self.status, self.body).into())
    }
}

/// Who asks, over one connection at a time.
pub struct Caller {
    address: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    patience: Arc<Patience>,
}

impl Caller {
    /// Nobody is connected yet.
    pub fn new(address: SocketAddr, patience: Arc<Patience>) -> Self {
        Self { address, connection: None, patience }
    }

    /// Another one, with a connection of its own.
    pub fn another(&self) -> Self {
        Self::new(self.address, Arc::clone(&self.patience))
    }

    /// Asks until there is an answer: through broken connections, restarts and the server's being busy.
    pub async fn ask(&mut self, question: &Question) -> Result<Answer> {
        let began = Instant::now();
        loop {
            let answer = match self.once(question).await {
                // Busy, or the same question is still being worked on for the connection before.
                Ok(answer) if answer.status == 503 || answer.code() == "idempotency_in_flight" => {
                    Err(Error::from(answer.body.to_string()))
                }
                Ok(answer) if answer.status >= 500 => {
                    let (method, path) = (&question.method, &question.path);
                    return Err(
                        format!("{method} {path} was answered {}: {}", answer.status, answer.body).into()
                    );
                }
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    self.connection = None;
                    Err(error)
                }
            };
            if began.elapsed() > UNTIL {
                return answer;
            }
            self.patience.0.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Asks once.
    pub async fn once(&mut self, question: &Question) -> Result<Answer> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                let (sender, driver) = handshake(TokioIo::new(stream)).await?;
                // Whoever waits for an answer learns of errors there.
                tokio::spawn(driver);
                none.insert(sender)
            }
        };
        let mut request = Request::builder()
            .method(question.method.clone())
            .uri(&question.path)
            .header(HOST, self.address.to_string());
        if !question.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        for (name, value) in &question.headers {
            request = request.header(*name, value);
        }
        let answer = connection.send_request(request.body(Full::new(question.body.clone()))?).await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

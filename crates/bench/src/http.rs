//! A client that costs little beside the servers it measures: one connection, one request after the other.

use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use crate::{Error, Result};

/// A server, and what every request to it carries.
#[derive(Debug, Clone)]
pub struct Target {
    address: SocketAddr,
    headers: HeaderMap,
}

impl Target {
    /// A server that is asked by a stranger.
    pub fn new(address: SocketAddr) -> Self {
        let host = HeaderValue::try_from(address.to_string()).expect("addresses are ASCII");
        Self { address, headers: HeaderMap::from_iter([(HOST, host)]) }
    }

    /// The same server with a header on every request.
    pub fn with(mut self, name: HeaderName, value: &str) -> Result<Self> {
        self.headers.insert(name, value.parse()?);
        Ok(self)
    }

    /// The same caller at another server.
    pub fn at(&self, other: &Self) -> Self {
        let mut headers = self.headers.clone();
        headers.extend(other.headers.clone());
        Self { address: other.address, headers }
    }

    /// Asks once, over a connection of its own; what is not a success is an error.
    pub async fn ask(&self, path: &str) -> Result<Answer> {
        Connection::open(self).await?.send(Method::GET, path, None).await
    }

    /// Asks once for JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.ask(path).await?.body)?)
    }

    /// Sends something once, over a connection of its own; what is not a success is an error.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        Connection::open(self).await?.send(Method::POST, path, Some(body)).await
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// An answer that isn't a success.
#[derive(Debug)]
pub struct Refused {
    path: String,
    status: StatusCode,
    body: Bytes,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was answered {}: {}", self.path, self.status, String::from_utf8_lossy(&self.body))
    }
}

impl std::error::Error for Refused {}

/// A connection that is kept.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    headers: HeaderMap,
}

impl Connection {
    /// Connects.
    pub async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Whoever waits for an answer learns of errors there.
        tokio::spawn(connection);
        Ok(Self { sender, headers: target.headers.clone() })
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.headers);
            if body.is_some() {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
        }
        let body = body.map(ToString::to_string).unwrap_or_default();
        let answer = self.sender.send_request(request.body(Full::from(body))?).await?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        if head.status.is_success() {
            Ok(Answer { headers: head.headers, body })
        } else {
            Err(Error::from(Refused { path: path.to_owned(), status: head.status, body }))
        }
    }
}

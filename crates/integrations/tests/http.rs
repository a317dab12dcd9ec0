//! The HTTP client keeps its promises.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn redirects_are_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 2048];
        let length = socket.read(&mut request).await.unwrap();
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n";
        socket.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(request[..length].to_vec()).unwrap()
    });
    let answer = integrations::http::client().unwrap().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let request = served.await.unwrap().to_ascii_lowercase();
    assert!(request.contains("user-agent: portico/"), "{request}");
}

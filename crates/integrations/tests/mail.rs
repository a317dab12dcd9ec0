//! Mail, against a small SMTP server on loopback.

#![expect(clippy::unwrap_used, reason = "a failed `unwrap` is a failed test")]

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use integrations::mail::{Attachment, MailConfigError, MailError, Mailer, OutgoingMail, SmtpMailer};
use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What a session with the sink left behind.
#[derive(Debug, Default, Clone)]
struct Received {
    commands: Vec<String>,
    message: String,
}

/// An SMTP server for one message after the other, with given answers to some commands.
struct Sink {
    port: u16,
    received: Arc<Mutex<Received>>,
}

impl Sink {
    async fn start(answers: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let received = Arc::new(Mutex::new(Received::default()));
        let shared = Arc::clone(&received);
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                serve(socket, answers, &shared).await.unwrap();
            }
        });
        Self { port, received }
    }

    fn mailer(&self) -> SmtpMailer {
        SmtpMailer::new(&SecretString::from(format!("smtp://127.0.0.1:{}", self.port))).unwrap()
    }

    fn received(&self) -> Received {
        self.received.lock().unwrap().clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    answers: &[(&str, &str)],
    received: &Mutex<Received>,
) -> std::io::Result<()> {
    let (reader, mut writer) = socket.split();
    let mut lines = BufReader::new(reader).lines();
    writer.write_all(b"220 sink.example ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let verb = line.split(' ').next().unwrap_or_default().to_ascii_uppercase();
        received.lock().unwrap().commands.push(line.clone());
        let given = answers.iter().find(|(command, _)| line.starts_with(command)).map(|(_, answer)| *answer);
        let answer = given.unwrap_or(match verb.as_str() {
            "EHLO" => "250-sink.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN",
            "AUTH" => "235 2.7.0 Welcome",
            "DATA" => "354 Go ahead",
            "QUIT" => "221 Bye",
            _ => "250 OK",
        });
        writer.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if verb == "DATA" && answer.starts_with("354") {
            let mut message = String::new();
            while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.push('\n');
            }
            received.lock().unwrap().message = message;
            writer.write_all(b"250 2.0.0 queued as 4F2A\r\n").await?;
        }
    }
    Ok(())
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        from_name: "Müller & Söhne, Schreinerei".into(),
        from_address: "rechnung@holm.example".into(),
        reply_to: Some("buero@holm.example".into()),
        to_name: "Žofie Nováková".into(),
        to_address: "zofie@client.example".into(),
        subject: "Rechnung 2026-0042 über 1.190,00 €, fällig am 5. Dezember".into(),
        text: "Grüß Gott,\n\n.ein Punkt am Anfang\nIhre Rechnung: https://portal.example/holm/i/abc\n".into(),
        html: "<p>Grüß Gott,</p><p><a href=\"https://portal.example/holm/i/abc\">Ihre Rechnung</a> 日本</p>"
            .into(),
        message_id: "mail_01jd@portal.example".into(),
        language: "de-AT".into(),
        date: "2026-11-21T12:00:00Z".parse().unwrap(),
        attachments: Vec::new(),
    }
}

/// A message or a part of one: unfolded headers by lower-case name, and the body.
struct Part {
    headers: Vec<(String, String)>,
    body: String,
}

impl Part {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        let headers = head.lines().map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        Self { headers: headers.collect(), body: body.to_owned() }
    }

    /// The one header of that name.
    fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(header, _)| header == name);
        let (_, value) = found.next().unwrap_or_else(|| panic!("no {name}"));
        assert!(found.next().is_none(), "{name} is there twice");
        value
    }

    /// The parts of a multipart message.
    fn parts(&self) -> Vec<Self> {
        let (_, boundary) = self.header("content-type").split_once("boundary=\"").unwrap();
        let delimiter = format!("--{}", boundary.trim_end_matches('"'));
        let inner = self.body.split(&delimiter).skip(1).filter(|part| !part.starts_with("--"));
        inner.map(|part| Self::parse(part.trim_start_matches('\n'))).collect()
    }

    /// The body as text, whatever it was encoded for the way.
    fn text(&self) -> String {
        match self.header("content-transfer-encoding") {
            "quoted-printable" => String::from_utf8(quoted_printable(&self.body, false)).unwrap(),
            "base64" => String::from_utf8(BASE64.decode(self.body.replace('\n', "")).unwrap())
                .unwrap()
                .replace("\r\n", "\n"),
            _ => self.body.clone(),
        }
    }
}

/// RFC 2045's encoding, and RFC 2047's when `word`: there `_` is a space.
fn quoted_printable(text: &str, word: bool) -> Vec<u8> {
    let text = text.replace("=\n", "");
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'=' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            b'_' if word => b' ',
            other => other,
        });
    }
    decoded
}

/// A header with RFC 2047's encoded words decoded.
fn decoded(header: &str) -> String {
    assert!(header.is_ascii(), "headers travel as ASCII: {header}");
    let mut text = String::new();
    let mut rest = header;
    while let Some((plain, encoded)) = rest.split_once("=?utf-8?") {
        // Space between two encoded words is not part of the text.
        if !plain.trim().is_empty() || text.is_empty() {
            text.push_str(plain);
        }
        let (kind, encoded) = encoded.split_once('?').unwrap();
        let (word, after) = encoded.split_once("?=").unwrap();
        let bytes = match kind {
            "b" => BASE64.decode(word).unwrap(),
            _ => quoted_printable(word, true),
        };
        text.push_str(std::str::from_utf8(&bytes).unwrap());
        rest = after;
    }
    text + rest
}

#[tokio::test]
async fn a_message_arrives_whole() {
    let sink = Sink::start(&[]).await;
    let sent = sink.mailer().send(&mail()).await.unwrap();
    assert_eq!(sent.response, "2.0.0 queued as 4F2A");

    let received = sink.received();
    assert!(received.commands.iter().any(|line| line.starts_with("MAIL FROM:<rechnung@holm.example>")));
    assert!(received.commands.iter().any(|line| line.starts_with("RCPT TO:<zofie@client.example>")));

    let message = Part::parse(&received.message);
    assert_eq!(decoded(message.header("subject")), mail().subject);
    let from = decoded(message.header("from"));
    assert!(from.contains("Müller & Söhne, Schreinerei"), "{from}");
    assert!(from.ends_with("<rechnung@holm.example>"), "{from}");
    let to = decoded(message.header("to"));
    assert!(to.contains("Žofie Nováková") && to.ends_with("<zofie@client.example>"), "{to}");
    assert_eq!(message.header("reply-to"), "buero@holm.example");
    assert_eq!(message.header("message-id"), "<mail_01jd@portal.example>");
    assert_eq!(message.header("date"), "Sat, 21 Nov 2026 12:00:00 +0000");
    assert_eq!(message.header("content-language"), "de-AT");
    assert_eq!(message.header("auto-submitted"), "auto-generated");
    assert_eq!(message.header("mime-version"), "1.0");

    assert!(message.header("content-type").starts_with("multipart/alternative"));
    let [text, html] = message.parts().try_into().ok().unwrap();
    // The plain part first: readers show the last one they can.
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(text.text().trim_end(), mail().text.trim_end());
    assert_eq!(html.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(html.text().trim_end(), mail().html);
}

#[tokio::test]
async fn files_go_with_a_message() {
    let sink = Sink::start(&[]).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let file = Attachment {
        file_name: "Rechnung für Žofie.pdf".into(),
        media_type: "application/pdf".into(),
        bytes: bytes.clone(),
    };
    sink.mailer().send(&OutgoingMail { attachments: vec![file.clone()], ..mail() }).await.unwrap();
    let message = Part::parse(&sink.received().message);
    assert!(message.header("content-type").starts_with("multipart/mixed"));
    let [words, attached] = message.parts().try_into().ok().unwrap();
    assert!(words.header("content-type").starts_with("multipart/alternative"));
    assert_eq!(words.parts().len(), 2);
    assert_eq!(attached.header("content-type"), "application/pdf");
    assert!(attached.header("content-disposition").starts_with("attachment; filename"));
    assert_eq!(attached.header("content-transfer-encoding"), "base64");
    assert_eq!(BASE64.decode(attached.body.replace('\n', "")).unwrap(), bytes);
    for spoiled in [
        Attachment { file_name: "a\r\nBcc: b".into(), ..file.clone() },
        Attachment { media_type: "no type\r\n".into(), ..file },
    ] {
        let refused = sink.mailer().send(&OutgoingMail { attachments: vec![spoiled], ..mail() }).await;
        assert!(matches!(refused, Err(MailError::Invalid(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_header_can_not_be_smuggled_in() {
    let sink = Sink::start(&[]).await;
    let mailer = sink.mailer();
    let evil = "x\r\nBcc: victim@elsewhere.example";
    let cases: [fn(&mut OutgoingMail, &str); 8] = [
        |mail, evil| mail.subject = evil.into(),
        |mail, evil| mail.from_name = evil.into(),
        |mail, evil| mail.to_name = evil.into(),
        |mail, evil| mail.to_address = format!("a@b.example{evil}"),
        |mail, evil| mail.from_address = format!("a@b.example{evil}"),
        |mail, evil| mail.reply_to = Some(format!("a@b.example{evil}")),
        |mail, evil| mail.message_id = format!("a@b{evil}"),
        |mail, evil| mail.language = evil.into(),
    ];
    for (number, spoil) in cases.into_iter().enumerate() {
        for evil in [evil, "x\ny", "x\ry", "x\0y"] {
            let mut mail = mail();
            spoil(&mut mail, evil);
            let refused = mailer.send(&mail).await;
            assert!(matches!(refused, Err(MailError::Invalid(_))), "{number}: {refused:?}");
        }
    }
    assert!(sink.received().commands.is_empty(), "nothing was sent");
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let mailer = Sink::start(&[]).await.mailer();
    for address in ["", "nobody", "a@", "@b", "a b@c.example", "a@b.example, c@d.example", "<a@b.example>"] {
        let refused = mailer.send(&OutgoingMail { to_address: address.into(), ..mail() }).await.unwrap_err();
        assert!(matches!(refused, MailError::Invalid(_)), "{address}: {refused:?}");
        assert!(!refused.is_transient());
    }
}

#[tokio::test]
async fn the_server_decides_whether_to_try_again() {
    let sink = Sink::start(&[("RCPT", "550 5.1.1 No such user")]).await;
    let error = sink.mailer().send(&mail()).await.unwrap_err();
    assert!(matches!(&error, MailError::Permanent(text) if text.contains("No such user")), "{error:?}");
    assert!(!error.is_transient());

    let sink = Sink::start(&[("RCPT", "451 4.7.1 Greylisted, try again later")]).await;
    let error = sink.mailer().send(&mail()).await.unwrap_err();
    assert!(matches!(&error, MailError::Transient(text) if text.contains("Greylisted")), "{error:?}");
    assert!(error.is_transient());

    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mailer = SmtpMailer::new(&SecretString::from(format!("smtp://{closed}"))).unwrap();
    assert!(mailer.send(&mail()).await.unwrap_err().is_transient());
    assert!(mailer.check().await.unwrap_err().is_transient());
}

#[tokio::test]
async fn the_connection_can_be_checked_with_its_password() {
    let sink = Sink::start(&[]).await;
    let url = format!("smtp://portico%40holm.example:p%3Ass%2Fword@127.0.0.1:{}", sink.port);
    let mailer = SmtpMailer::new(&SecretString::from(url)).unwrap();
    mailer.check().await.unwrap();
    let expected = format!("AUTH PLAIN {}", BASE64.encode("\0portico@holm.example\0p:ss/word"));
    assert!(sink.received().commands.contains(&expected), "{:?}", sink.received());
    assert!(!format!("{mailer:?}").contains("ss"), "no password in logs");

    let sink = Sink::start(&[("AUTH", "535 5.7.8 Wrong password")]).await;
    let url = format!("smtp://portico:wrong@127.0.0.1:{}", sink.port);
    let error = SmtpMailer::new(&SecretString::from(url)).unwrap().check().await.unwrap_err();
    assert!(matches!(&error, MailError::Permanent(text) if text.contains("Wrong password")), "{error:?}");
}

#[tokio::test]
async fn only_safe_addresses_of_servers_are_taken() {
    let new = |url: &str| SmtpMailer::new(&SecretString::from(url)).map(drop);
    for good in [
        "smtp://user:password@mail.example:587?tls=required",
        "smtps://user:password@mail.example",
        "smtp://relay.example?tls=opportunistic",
        "smtp://relay.example:25",
        "smtp://user:password@localhost:1025",
    ] {
        assert_eq!(new(good), Ok(()), "{good}");
    }
    for (bad, error) in [
        ("", MailConfigError::Malformed),
        ("mail.example:587", MailConfigError::Malformed),
        ("http://mail.example", MailConfigError::Malformed),
        ("smtp://mail.example?tls=maybe", MailConfigError::Malformed),
        ("smtps://mail.example?tls=required", MailConfigError::Malformed),
        ("smtp://user@mail.example?tls=required", MailConfigError::HalfCredentials),
        ("smtp://:password@mail.example?tls=required", MailConfigError::HalfCredentials),
        ("smtp://user:password@mail.example", MailConfigError::PasswordInTheClear),
        ("smtp://user:password@mail.example?tls=opportunistic", MailConfigError::PasswordInTheClear),
        ("smtp://user:password@localhost.evil.example", MailConfigError::PasswordInTheClear),
    ] {
        assert_eq!(new(bad), Err(error), "{bad}");
    }
}

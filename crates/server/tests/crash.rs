//! A small crash run: what `just crash` does ten thousand times, on an empty organization.

use bench::crash::{Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_where_the_server_is_killed() {
    // PostgreSQL's account has to get at it, which root's own folders it can't.
    let folder = tempfile::Builder::new().prefix("portico-crash-").tempdir().unwrap();
    let plan = Plan {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        folder: folder.path().to_owned(),
        operations: 300,
        connections: 8,
        seed: 1,
        demo: false,
    };
    let report = run(&plan).await.unwrap();
    eprintln!("{report}");
    assert_eq!(report.wrong, Vec::<String>::new());
    assert!(report.answered() >= plan.operations - plan.connections, "{report}");
    assert!(report.asked_again > 0, "nobody noticed the crashes:\n{report}");
    assert!(report.refused() * 2 < report.answered(), "most was refused:\n{report}");
    assert!(
        report
            .agreed
            .iter()
            .any(|line| line.starts_with("crash: ") && line.ends_with("agree with the ledger"))
    );
}

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a command may take before it says how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a long command is, once a second has passed: a bar on a terminal, a line for each tenth elsewhere.
pub struct Progress {
    what: String,
    total: u64,
    bar: Option<ProgressBar>,
    began: Instant,
    done: Mutex<u64>,
}

impl Progress {
    /// Begins something of `total` steps.
    pub fn new(what: impl Into<String>, total: u64) -> Self {
        let what = what.into();
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len}, {eta} to go")
                    .expect("the template is a constant");
            ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden())
                .with_style(style)
                .with_message(what.clone())
        });
        Self { what, total, bar, began: Instant::now(), done: Mutex::new(0) }
    }

    /// So many more steps are done.
    #[expect(clippy::print_stderr, reason = "a command tells its user how far it is")]
    pub fn advance(&self, steps: u64) {
        let patient = self.began.elapsed() < PATIENCE;
        if let Some(bar) = &self.bar {
            bar.inc(steps);
            if !patient && bar.is_hidden() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            return;
        }
        let mut done = self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let tenth = |steps: u64| steps * 10 / self.total.max(1);
        let before = tenth(*done);
        *done += steps;
        if !patient && tenth(*done) > before {
            eprintln!("{}: {} of {}", self.what, *done, self.total);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

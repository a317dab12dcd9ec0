use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a command may take before it says how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a long command is: a bar on a terminal once a second has passed, nothing elsewhere, where the
/// command's own lines tell the story.
pub struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl Progress {
    /// So many steps of something.
    pub fn new(label: String, steps: u64) -> Self {
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
            .expect("the template is a constant");
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        Self { bar: bar.with_style(style).with_message(label), began: Instant::now(), shown: false }
    }

    /// So many more are done.
    pub fn step(&mut self, steps: u64) {
        self.bar.inc(steps);
        if !self.shown && self.began.elapsed() >= PATIENCE {
            // On anything but a terminal this target draws nothing.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown = true;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

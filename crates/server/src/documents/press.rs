use std::sync::Arc;

use ::documents::RenderError;
use tokio::sync::Semaphore;

use crate::problem::{Failure, Result};

/// Where documents are printed: some at a time, the others wait. Each takes a processor to itself and some
/// tens of megabytes.
#[derive(Debug, Clone)]
pub struct Press {
    places: Arc<Semaphore>,
}

impl Default for Press {
    /// As many places as leave half of the processors to requests.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self { places: Arc::new(Semaphore::new((processors / 2).max(1))) }
    }
}

impl Press {
    /// Prints when there is a place.
    pub async fn print(
        &self,
        work: impl FnOnce() -> Result<Vec<u8>, RenderError> + Send + 'static,
    ) -> Result<Vec<u8>> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(Failure::internal)?;
        let printed = tokio::task::spawn_blocking(move || {
            // Whoever asked may have gone; the place stays taken until the work is done.
            let _place = place;
            work()
        });
        printed.await.map_err(Failure::internal)?.map_err(Failure::internal)
    }
}

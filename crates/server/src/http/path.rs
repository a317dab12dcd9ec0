use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::problem::{Code, Problem};
use serde::de::DeserializeOwned;

use crate::problem::{Failure, Result};

/// What the path names. Something of the wrong form names nothing: 404.
pub struct Key<T>(pub T);

impl<T> Deref for Key<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Key<T> {
    type Error = Failure;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let nothing = || Problem::new(Code::NotFound).detail("That is not an id of this kind.");
        // PostgreSQL's texts can't hold NUL: no secret or reference has it.
        if request.match_info().iter().any(|(_, part)| part.contains('\0') || part.contains("%00")) {
            return ready(Err(nothing().into()));
        }
        let path = actix_web::web::Path::<T>::from_request(request, payload).into_inner();
        ready(path.map(|path| Self(path.into_inner())).map_err(|_| nothing().into()))
    }
}

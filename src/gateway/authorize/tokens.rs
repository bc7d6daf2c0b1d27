//! Managing tokens: TOKENS or ADMIN, for every call and before a body is read. What a holder of TOKENS may not do to a
//! privileged token is decided by the store, on the state that is changed.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use crate::resource::{Action, Resource};
use crate::store::{Authority, Principal, Snapshot};

use super::Authorize;
use crate::gateway::authenticate::Message;
use crate::gateway::face::v0::tokens::{self, Asked};
use crate::gateway::route::Endpoint;
use crate::gateway::{Error, body};

/// Work on tokens that may be done.
#[derive(Debug)]
pub(in crate::gateway) struct TokensWork {
    pub(in crate::gateway) by: Arc<Principal>,
    pub(in crate::gateway) authority: Authority,
    pub(in crate::gateway) snapshot: Arc<Snapshot>,
    pub(in crate::gateway) asked: Asked,
}

impl Authorize {
    pub(super) async fn tokens(
        &self,
        by: Arc<Principal>,
        snapshot: Arc<Snapshot>,
        mut message: Message,
    ) -> Result<TokensWork, Error> {
        let looks =
            matches!(message.endpoint, Endpoint::Token(_)) && matches!(message.method, Method::GET | Method::HEAD);
        self.permit(&by.policy, Action::Manage, Resource::Tokens)
            // The same answer as for a token that does not exist.
            .map_err(|error| if looks { Error::TokenHidden } else { error })?;
        let body = match message.method {
            Method::POST | Method::PUT => body::read(std::mem::take(&mut message.body), self.body_idle).await?,
            _ => Bytes::new(),
        };
        let asked = tokens::asked(&message, &body)?;
        let authority = if by.policy.is_admin() { Authority::Admin } else { Authority::Tokens };
        Ok(TokensWork { by, authority, snapshot, asked })
    }
}

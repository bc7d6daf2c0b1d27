//! One immutable state of the store.

use std::sync::Arc;

use crate::pipe::Pipes;
use crate::sql::{Extensions, Limits};
use crate::token::moment::Moment;
use crate::token::signed::SigningKey;
use crate::token::{BearerToken, TokenId};

use super::compile::Key;
use super::issuer::Issuers;
use super::nearest::nearest;
use super::pipes::Places;
use super::table::Table;
use super::{Claims, Entry, Hot, People, Principal};

/// Everything that a request is decided by, at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// Grows by one with every snapshot that is taken in. Part of every cache key.
    pub generation: u64,
    /// Bounds on statements.
    pub limits: Limits,
    /// What the deployment adds to the dialect's lists.
    pub extensions: Extensions,
    key: SigningKey,
    pub(super) people: Arc<Table>,
    pub(super) managed: Arc<Table>,
    issuers: Arc<Issuers>,
    pipes: Arc<Pipes>,
    places: Places,
}

impl Snapshot {
    pub(super) fn new(generation: u64, people: People, key: SigningKey, managed: Arc<Table>) -> Self {
        let People { hot, table, issuers, pipes } = people;
        let Hot { limits, extensions, pipes: places } = hot;
        Self { generation, limits, extensions, key, people: table, managed, issuers, pipes, places }
    }

    /// The next one, as yet the same.
    pub(super) fn again(&self) -> Self {
        Self {
            generation: self.generation + 1,
            limits: self.limits,
            extensions: self.extensions.clone(),
            key: self.key.clone(),
            people: Arc::clone(&self.people),
            managed: Arc::clone(&self.managed),
            issuers: Arc::clone(&self.issuers),
            pipes: Arc::clone(&self.pipes),
            places: self.places.clone(),
        }
    }

    pub(super) fn with_managed(&self, managed: Arc<Table>) -> Self {
        Self { managed, ..self.again() }
    }

    pub(super) fn take_people(&mut self, people: People) {
        let People { hot, table, issuers, pipes } = people;
        let Hot { limits, extensions, pipes: places } = hot;
        (self.limits, self.extensions, self.places) = (limits, extensions, places);
        (self.people, self.issuers, self.pipes) = (table, issuers, pipes);
    }

    pub(super) fn hot(&self) -> Hot {
        Hot { limits: self.limits, extensions: self.extensions.clone(), pipes: self.places.clone() }
    }

    fn tables(&self) -> [&Table; 2] {
        [&self.people, &self.managed]
    }

    /// Every pipe.
    #[must_use]
    pub fn pipes(&self) -> &Pipes {
        &self.pipes
    }

    /// Where they came from.
    pub(super) fn pipe_places(&self) -> &Places {
        &self.places
    }

    /// The principal whose token this is. `None` for every token that is unknown, whatever is wrong with it.
    ///
    /// Both ways are gone: a value that this key signed carries an id, any other is known by its digest (a token issued
    /// elsewhere may begin with `p.` too). Only what is found by its id is not looked for by its digest. What neither knows may be a JSON Web Token. What is found is told; why
    /// nothing is found is not. A token that has expired is not found.
    #[must_use]
    pub fn authenticate(&self, token: &BearerToken) -> Option<Arc<Principal>> {
        let entry = self.entry_of(token).map(|entry| Arc::clone(&entry.principal));
        entry.or_else(|| self.issuers.authenticate(token))
    }

    /// Said once when this snapshot is taken in.
    pub(super) fn take_effect(&self) {
        self.issuers.take_effect();
    }

    /// Makes a JSON Web Token of the gateway's own.
    ///
    /// # Errors
    /// A sentence that says why there is none: they are not enabled, or this one would not be taken.
    pub fn mint(&self, claims: &Claims) -> Result<BearerToken, String> {
        self.issuers.mint(claims)
    }

    fn entry_of(&self, token: &BearerToken) -> Option<&Arc<Entry>> {
        let now = Moment::now();
        let id = self.key.verify(token);
        let by_id = self.tables().into_iter().find_map(|table| table.by_id.get(id.as_ref()?));
        let by_id = by_id.filter(|known| known.until.is_none_or(|until| now < until)).map(|known| &known.entry);
        let by_digest = || {
            let digest = token.digest();
            self.tables().into_iter().find_map(|table| table.by_digest.get(&digest))
        };
        by_id.or_else(by_digest).filter(|entry| entry.expires.is_none_or(|end| now < end))
    }

    /// Every token, by name.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Arc<Entry>> {
        let mut all: Vec<_> = self.tables().into_iter().flat_map(|table| table.by_name.values()).collect();
        all.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        all.into_iter()
    }

    /// How many tokens there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tables().into_iter().map(|table| table.by_name.len()).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether some token has ADMIN.
    #[must_use]
    pub fn has_admin(&self) -> bool {
        self.tables().into_iter().flat_map(|table| table.by_name.values()).any(|entry| entry.policy().is_admin())
    }

    /// Every principal, by name.
    pub fn principals(&self) -> impl ExactSizeIterator<Item = &Arc<Principal>> {
        self.entries().map(|entry| &entry.principal)
    }

    /// The token of that name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Arc<Entry>> {
        self.tables().into_iter().find_map(|table| table.by_name.get(name))
    }

    /// The token that has this name, this id or this value.
    #[must_use]
    pub fn find(&self, which: &str) -> Option<&Arc<Entry>> {
        let by_id = || {
            let id: TokenId = which.parse().ok()?;
            let known = self.tables().into_iter().find_map(|table| table.by_id.get(&id))?;
            known.until.is_none().then_some(&known.entry)
        };
        let by_value = || self.entry_of(&BearerToken::parse(which).ok()?);
        self.entry(which).or_else(by_id).or_else(by_value)
    }

    /// Whether the text is a value that this gateway signed, of whatever token.
    #[must_use]
    pub fn signed_by_us(&self, text: &str) -> bool {
        BearerToken::parse(text).is_ok_and(|token| self.key.verify(&token).is_some())
    }

    /// The principal of that name.
    #[must_use]
    pub fn principal_by_name(&self, name: &str) -> Option<Arc<Principal>> {
        self.entry(name).map(|entry| Arc::clone(&entry.principal))
    }

    /// The name nearest to a mistyped one.
    #[must_use]
    pub fn name_like(&self, name: &str) -> Option<&str> {
        nearest(name, self.tables().into_iter().flat_map(|table| table.by_name.values()).map(|entry| entry.name()))
    }

    /// How the token of that name is recognised.
    #[must_use]
    pub fn key_of(&self, name: &str) -> Option<&Key> {
        self.entry(name).map(|entry| &entry.key)
    }

    /// The value of the token with that id, as `workspace` at `host` hands it out.
    #[must_use]
    pub fn value_of(&self, id: &TokenId, workspace: &str, host: &str) -> BearerToken {
        self.key.mint(id, workspace, host)
    }
}

//! Judgement: what a principal may do, and why.
//!
//! - Deny by default: what no scope permits is denied.
//! - Grants add up: several filters on one resource are OR-ed, an unfiltered one wins.
//! - The answer carries its reason: [`Permit`] and [`Denial`] name the scopes that decided.

pub mod policy;
pub mod scope;

pub use policy::{Decision, Denial, FixedParams, Grant, Permit, Policy};
pub use scope::{MalformedScope, Reach, Scope};

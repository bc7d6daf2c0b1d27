//! Statements made by dice: the same seed gives the same statement.
//!
//! | file | makes |
//! |---|---|
//! | `shared` | queries in the SQL that SQLite and ClickHouse share |
//! | `wide` | queries in all of the grammar that the reader accepts: sources, conditions, values, clauses |
//! | `spelling` | the same statement in another case, with other quotes, white space and comments |
//! | `constructs` | what of the grammar a statement holds |
//! | `world` | the tables and rows that the wide queries are about |
//! | `dice` | the random numbers |

pub(crate) mod constructs;
pub(crate) mod dice;
pub(crate) mod shared;
pub(crate) mod spelling;
pub(crate) mod wide;
pub(crate) mod world;

pub(crate) use dice::Dice;
pub(crate) use shared::query;

//! Pipes: named SQL, published as endpoints.
//!
//! | file | what it does |
//! |---|---|
//! | `datafile` | reads Tinybird's `.pipe` files, line by line |
//! | `datasource` | reads Tinybird's `.datasource` files, to describe a project |
//! | `managed` | reads and writes the files of pipes that the API makes |
//! | `template` | reads the template language of pipes and renders it by typed literals |
//! | `table` | all pipes of a deployment, and the files that cannot be served, with the reason |
//!
//! It knows nothing of HTTP, tokens or rows: what a pipe may read is decided when it is asked for.

pub mod datafile;
pub mod datasource;
pub mod managed;
pub mod table;
pub mod template;

pub use table::{Origin, Pipe, Pipes, Source, Unserved};
pub use template::{Given, Parameter, Template, Values};

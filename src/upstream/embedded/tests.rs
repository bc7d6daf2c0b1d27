//! The engine by itself.

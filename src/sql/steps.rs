//! Steps: what the tests count to see that no statement costs more than its length.
//!
//! Time tells of the machine; a count tells of the code. A step is a lexeme that is looked at, a name that is compared, a
//! column of a table that is looked at. Outside of tests nothing is counted.

#[cfg(test)]
std::thread_local! {
    static TAKEN: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many steps are taken.
#[inline]
pub(super) fn count(steps: usize) {
    #[cfg(test)]
    TAKEN.with(|taken| taken.set(taken.get() + steps));
    #[cfg(not(test))]
    let _ = steps;
}

/// How many steps it takes.
#[cfg(test)]
pub(super) fn of<T>(work: impl FnOnce() -> T) -> (usize, T) {
    let before = TAKEN.get();
    let done = work();
    (TAKEN.get() - before, done)
}

#[cfg(test)]
mod tests;

//! Jobs: what was begun and how it ended, for those who began it. They live as long as the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::gateway::authorize::datasources::Owner;
use crate::upstream::intake::utc_text;

/// How many are remembered.
const KEPT: usize = 1_000;
const IMPORT: &str = "import";

/// Every job that is remembered, oldest first.
#[derive(Debug, Default)]
pub(in crate::gateway) struct Jobs(Mutex<VecDeque<Job>>);

/// One job, as clients read it.
#[derive(Debug, Clone, Serialize)]
pub(in crate::gateway) struct Job {
    #[serde(skip)]
    owner: Arc<str>,
    id: String,
    job_id: String,
    job_url: String,
    kind: &'static str,
    status: &'static str,
    datasource: Named,
    created_at: String,
    started_at: String,
    updated_at: String,
    is_cancellable: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocks: Vec<Block>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Named {
    name: String,
}

/// A part of an import. There is one: the whole.
#[derive(Debug, Clone, Serialize)]
struct Block {
    process_return: [Processed; 1],
}

#[derive(Debug, Clone, Serialize)]
struct Processed {
    lines: u64,
    quarantine: u64,
}

impl Job {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Jobs {
    /// A deletion that begins.
    pub(super) fn begin(&self, owner: Arc<str>, datasource: &str) -> Job {
        let job = Job::new(uuid::Uuid::now_v7().to_string(), owner, "delete_data", datasource);
        self.keep(job.clone());
        job
    }

    /// An import that has come to its end before its answer: a client that asks for a job finds one.
    pub(super) fn imported(&self, id: &str, owner: Arc<str>, datasource: &str, lines: u64, quarantine: u64) {
        let job = Job::new(id.to_owned(), owner, IMPORT, datasource);
        let blocks = vec![Block { process_return: [Processed { lines, quarantine }] }];
        self.keep(Job { status: "done", blocks, ..job });
    }

    /// The oldest goes where there are too many; imports first, which were told to their senders.
    fn keep(&self, job: Job) {
        let mut jobs = self.lock();
        if jobs.len() >= KEPT {
            let at = jobs.iter().position(|job| job.kind == IMPORT).unwrap_or_default();
            jobs.remove(at);
        }
        jobs.push_back(job);
    }

    pub(super) fn end(&self, id: &str, outcome: Result<(), String>) {
        if let Some(job) = self.lock().iter_mut().find(|job| job.id == id) {
            job.status = if outcome.is_ok() { "done" } else { "error" };
            job.error = outcome.err();
            job.updated_at = now();
        }
    }

    pub(super) fn all(&self, owner: &Owner) -> Vec<Job> {
        self.lock().iter().rev().filter(|job| job.is_of(owner)).cloned().collect()
    }

    pub(super) fn one(&self, owner: &Owner, id: &str) -> Option<Job> {
        self.lock().iter().find(|job| job.id == id && job.is_of(owner)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Job>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn new(id: String, owner: Arc<str>, kind: &'static str, datasource: &str) -> Self {
        Self {
            owner,
            job_id: id.clone(),
            job_url: format!("/v0/jobs/{id}"),
            id,
            kind,
            status: "working",
            datasource: Named { name: datasource.to_owned() },
            created_at: now(),
            started_at: now(),
            updated_at: now(),
            is_cancellable: false,
            blocks: Vec::new(),
            error: None,
        }
    }

    fn is_of(&self, owner: &Owner) -> bool {
        match owner {
            Owner::Everyone => true,
            Owner::One(name) => self.owner == *name,
        }
    }
}

fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    utc_text(i64::try_from(since.as_secs()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_make_room_before_deletions_do() {
        let (jobs, owner) = (Jobs::default(), Arc::from("a"));
        let deletion = jobs.begin(Arc::clone(&owner), "t");
        for number in 0..2 * KEPT {
            jobs.imported(&number.to_string(), Arc::clone(&owner), "t", 1, 0);
        }
        let own = Owner::One(Arc::clone(&owner));
        assert_eq!(jobs.all(&own).len(), KEPT);
        assert!(jobs.one(&own, deletion.id()).is_some());
        assert!(jobs.one(&own, "0").is_none() && jobs.one(&own, &(2 * KEPT - 1).to_string()).is_some());
        assert!(jobs.one(&Owner::One(Arc::from("b")), deletion.id()).is_none());
        let deletions: Vec<_> = (0..KEPT).map(|_| jobs.begin(Arc::clone(&owner), "t")).collect();
        assert!(jobs.one(&own, deletion.id()).is_none() && jobs.one(&own, deletions[0].id()).is_some());
        assert_eq!(jobs.all(&own).len(), KEPT);
    }
}

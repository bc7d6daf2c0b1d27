//! Jobs: what was begun and how it ended, for those who began it. They live as long as the process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::gateway::authorize::datasources::Owner;
use crate::upstream::intake::utc_text;

/// How many are remembered.
const KEPT: usize = 1_000;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
struct Named {
    name: String,
}

impl Job {
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Jobs {
    pub(super) fn begin(&self, owner: Arc<str>, datasource: &str) -> Job {
        let id = uuid::Uuid::now_v7().to_string();
        let job = Job {
            owner,
            job_id: id.clone(),
            job_url: format!("/v0/jobs/{id}"),
            id,
            kind: "delete_data",
            status: "working",
            datasource: Named { name: datasource.to_owned() },
            created_at: now(),
            started_at: now(),
            updated_at: now(),
            is_cancellable: false,
            error: None,
        };
        let mut jobs = self.lock();
        if jobs.len() >= KEPT {
            jobs.pop_front();
        }
        jobs.push_back(job.clone());
        job
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

//! Notices that a file may have changed, within a second, however it was replaced.
//!
//! - The system's notifications wake it first. They are asked for directories, never for files: a watch on a file goes
//!   with the file when another is renamed over it.
//! - What they miss (network and overlay mounts, an overflown queue, a link that points elsewhere) the look every
//!   [`LOOK`] finds.
//! - SIGHUP makes it read at once.
//!
//! All three are only hints: what counts is the files' content, read and compared by [`Store::reload`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use super::Store;

/// How long to wait after the first sign, so that one change of several steps is read once.
const SETTLE: Duration = Duration::from_millis(60);

/// How long when the sign is a rename: what is renamed into place is whole.
const SETTLE_RENAMED: Duration = Duration::from_millis(3);

/// How many signs may wait. One that finds no place is not missed: there are others, and what has changed is found by reading.
const SIGNS: usize = 64;

/// How often the files are looked at without being asked. Below a second even when the settling is added.
const LOOK: Duration = Duration::from_millis(500);

impl Store {
    /// Watches the files and reloads them, until dropped. Runs for as long as the gateway serves.
    ///
    /// SIGHUP is listened to from the call on, not from the first poll: until then it would end the process. Must be
    /// called inside the runtime.
    pub fn watch(self: Arc<Self>) -> impl Future<Output = ()> + Send {
        let hangups = signal(SignalKind::hangup())
            .inspect_err(|error| tracing::warn!(%error, "SIGHUP will not be listened to"))
            .ok();
        self.attend(hangups)
    }

    async fn attend(self: Arc<Self>, mut hangups: Option<Signal>) {
        // Notifications end when the watcher is dropped.
        let (mut watcher, mut signs) = self.notifications();
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Nothing has been seen yet, so the first look reads: a change between `open` and here is not lost.
        let mut seen = None;
        loop {
            let asked = tokio::select! {
                Some(sign) = signs.recv() => {
                    settle(sign, &mut signs).await;
                    true
                }
                () = hangup(&mut hangups) => true,
                _ = ticks.tick() => false,
            };
            if let Some(watched) = &mut watcher {
                watched.look();
            }
            let store = Arc::clone(&self);
            let before = seen.take();
            let looked = spawn_blocking(move || {
                // Looked at before it is read: a change in between is found by the next look.
                let now = store.look();
                if asked || before.as_ref() != Some(&now) {
                    store.reload();
                }
                now
            });
            seen = looked.await.inspect_err(|error| tracing::error!(%error, "a reload broke off")).ok();
        }
    }

    fn notifications(&self) -> (Option<Watched>, Receiver<Sign>) {
        let (sender, receiver) = mpsc::channel(SIGNS);
        let on_event = move |event: notify::Result<notify::Event>| {
            if let Some(sign) = event.map_or(Some(Sign::Touched), |event| sign(&event)) {
                // Full: signs are waiting already. Closed: nobody watches any more.
                let _ = sender.try_send(sign);
            }
        };
        match notify::recommended_watcher(on_event) {
            Ok(watcher) => {
                let mut watched = Watched { watcher, missing: self.paths.watched() };
                watched.look();
                (Some(watched), receiver)
            }
            Err(error) => {
                tracing::warn!(%error, "no notifications of changed files; they are looked at instead");
                (None, receiver)
            }
        }
    }
}

/// That something may have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// A file has another name: it was whole before.
    Renamed,
    /// Anything else: more of it may follow.
    Touched,
}

/// The directories that are watched, and those that are not there yet.
struct Watched {
    watcher: RecommendedWatcher,
    missing: Vec<PathBuf>,
}

impl Watched {
    /// Watches the directories that have come into being.
    fn look(&mut self) {
        if self.missing.is_empty() {
            return;
        }
        let missing = std::mem::take(&mut self.missing);
        for directory in missing {
            match self.watcher.watch(&directory, RecursiveMode::NonRecursive) {
                Ok(()) => {}
                Err(_) if !directory.exists() => self.missing.push(directory),
                Err(error) => {
                    tracing::warn!(%error, directory = %directory.display(), "the directory cannot be watched; it is looked at instead");
                }
            }
        }
    }
}

/// What an event is a sign of. Our own reading is an access too: to react to it would be a loop. A hidden file is somebody's
/// draft until it is renamed.
fn sign(event: &notify::Event) -> Option<Sign> {
    let hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    match event.kind {
        EventKind::Modify(ModifyKind::Name(_)) => Some(Sign::Renamed),
        kind if kind.is_access() => None,
        _ if !event.paths.is_empty() && event.paths.iter().all(hidden) => None,
        _ => Some(Sign::Touched),
    }
}

/// Waits until a change is probably complete: not for long after a rename.
async fn settle(first: Sign, signs: &mut Receiver<Sign>) {
    let start = Instant::now();
    let mut end = start + if first == Sign::Renamed { SETTLE_RENAMED } else { SETTLE };
    while let Ok(Some(sign)) = timeout_at(end, signs.recv()).await {
        if sign == Sign::Renamed {
            end = end.min(Instant::now() + SETTLE_RENAMED);
        }
    }
}

async fn hangup(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

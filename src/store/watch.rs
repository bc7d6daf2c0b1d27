//! Notices that a file may have changed, within a second, however it was replaced.
//!
//! - The system's notifications wake it first. They are asked for directories, never for files: a watch on a file goes
//!   with the file when another is renamed over it.
//! - What they miss (network and overlay mounts, an overflown queue, a link that points elsewhere) the look every
//!   [`LOOK`] finds.
//! - SIGHUP makes it read at once.
//!
//! All three are only hints: what counts is the files' content, read and compared by [`Store::reload`].

use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::Store;

/// How long to wait after the first sign, so that one change of several steps is read once.
const SETTLE: Duration = Duration::from_millis(60);

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
        let (_watcher, mut signs) = self.notifications();
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Nothing has been seen yet, so the first look reads: a change between `open` and here is not lost.
        let mut seen = None;
        loop {
            let asked = tokio::select! {
                Some(()) = signs.recv() => true,
                () = hangup(&mut hangups) => true,
                _ = ticks.tick() => false,
            };
            if asked {
                sleep(SETTLE).await;
                while signs.try_recv().is_ok() {}
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

    fn notifications(&self) -> (Option<RecommendedWatcher>, Receiver<()>) {
        // One sign waiting is enough: what has changed is found by reading.
        let (sender, receiver) = mpsc::channel(1);
        let on_event = move |event: notify::Result<notify::Event>| {
            // Our own reading is an access too; to react to it would be a loop.
            if event.is_ok_and(|event| event.kind.is_access()) {
                return;
            }
            // Full: a sign is waiting already. Closed: nobody watches any more.
            let _ = sender.try_send(());
        };
        let mut watcher = match notify::recommended_watcher(on_event) {
            Ok(watcher) => watcher,
            Err(error) => {
                tracing::warn!(%error, "no notifications of changed files; they are looked at instead");
                return (None, receiver);
            }
        };
        for directory in self.paths.watched() {
            if let Err(error) = watcher.watch(&directory, RecursiveMode::NonRecursive)
                && directory.exists()
            {
                tracing::warn!(%error, directory = %directory.display(), "the directory cannot be watched; it is looked at instead");
            }
        }
        (Some(watcher), receiver)
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

//! The thread pool: a few threads for many tasks.

mod closure;
mod handle;
mod platform;
mod price_bare;
mod queue;
mod thread_pool;

pub use self::handle::{Handle, TaskPanicked};
pub use self::platform::{Content, Facade, Platform};
pub use self::price_bare::Bare;
pub use self::thread_pool::ThreadPool;

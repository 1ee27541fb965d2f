//! Why another thread goes on: the rows between the steps of a story.

use conclab_engine::report::{Step, Switch, Wait};

/// `A is paused after its load; B goes on`; nothing if the same thread goes on.
pub(in crate::render) fn sentence(before: &Step, step: &Step) -> Option<String> {
    let (left, next) = (&before.thread, &step.thread);
    let why = match step.switch.as_ref()? {
        Switch::Paused => {
            let verb = before.operation.split(' ').next().unwrap_or_default();
            format!("is paused after its {verb}")
        }
        Switch::Finished => "has finished".to_owned(),
        Switch::Waiting { what, how, held_by } => waits(what, *how, held_by.as_deref()),
    };
    Some(format!("{left} {why}; {next} goes on"))
}

/// `waits for lock 1 (held by B)`.
fn waits(what: &str, how: Wait, held_by: Option<&str>) -> String {
    let held = held_by.map(|by| format!(" (held by {by})")).unwrap_or_default();
    match how {
        Wait::Lock => format!("waits for {what}{held}"),
        Wait::Condvar => format!("sleeps in {what}"),
        Wait::Join => format!("waits for {what} to end"),
        Wait::Retry => format!("looks at {what} until it changes{held}"),
        Wait::Semaphore => format!("waits for a permit of {what}"),
        Wait::Barrier => format!("waits at {what}"),
        Wait::Channel => format!("waits at channel {what}"),
        Wait::Sleep => format!("sleeps on {what}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found::sample;

    #[test]
    fn a_switch_is_told_with_its_reason() {
        let steps = sample::lost_update(1).steps;
        let told = |switch: Option<Switch>| {
            let step = Step { switch, ..steps[1].clone() };
            sentence(&steps[0], &step).unwrap_or_default()
        };
        let waiting = |how, held_by: Option<&str>| Switch::Waiting {
            what: "lock 1".to_owned(),
            how,
            held_by: held_by.map(str::to_owned),
        };
        assert_eq!(told(None), "");
        assert_eq!(told(Some(Switch::Paused)), "A is paused after its load; B goes on");
        assert_eq!(told(Some(Switch::Finished)), "A has finished; B goes on");
        let lock = told(Some(waiting(Wait::Lock, Some("B"))));
        assert_eq!(lock, "A waits for lock 1 (held by B); B goes on");
        let barrier = told(Some(waiting(Wait::Barrier, None)));
        assert_eq!(barrier, "A waits at lock 1; B goes on");
    }
}

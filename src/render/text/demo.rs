//! A lab's screen: Break, Why, Fix, Price, and what to type next, on 80 columns and 24 rows.

use conclab_engine::report::{Interleaving, Wait};
use conclab_kit::report::Verdict;
use conclab_measure::Figures;

use super::fold::{Row, fold};
use super::page::{MARGIN, joined, section};
use super::{claims, exhibit, explore, fix, lanes, price, stuck, words};
use crate::found::{Demo, Explored, Part, Ran, failing};
use crate::screen::Screen;

/// Rows of the screen, less one for the prompt below it.
const ROWS: usize = 23;

/// Widest demo: the page is laid out for a standard screen.
const WIDTH: usize = 80;

/// Everything a demo found; `verbose` lifts the limit of one screen.
pub(crate) fn demo(demo: &Demo, verbose: bool, screen: &Screen) -> String {
    let screen = &Screen { width: screen.width.min(WIDTH), ..*screen };
    let mut layout = Layout { tightness: 0, spare: 0, notes: true, verbose };
    let (mut lines, mut complete) = page(demo, layout, screen);
    while !verbose && layout.tightness < TIGHTEST && (lines.len() > ROWS || !complete) {
        layout.tightness += 1;
        (lines, complete) = page(demo, layout, screen);
    }
    // What is left over goes to the table of WHY; if that cannot be followed, the notes too.
    for notes in [true, false] {
        layout.spare = ROWS.saturating_sub(lines.len());
        let fuller = page(demo, layout, screen).0;
        if fuller.len() <= ROWS {
            lines = fuller;
        }
        if !notes || verbose || !has_gaps(demo, layout) {
            break;
        }
        layout = Layout { notes: false, spare: 0, ..layout };
        lines = page(demo, layout, screen).0;
    }
    if verbose {
        lines.extend(more(demo, screen));
    } else if lines.len() > ROWS {
        let next = section("NEXT", next(demo, TIGHTEST, screen), screen);
        lines.truncate(ROWS - 1 - next.len());
        lines.push(screen.plain("… more with --verbose"));
        lines.extend(next);
    }
    joined(&lines, screen)
}

/// Digits of an interleaving's number that are still worth a place on the screen.
const NUMBER_DIGITS: usize = 30;

/// The tightest layout; each step gives up a little more than the one before.
const TIGHTEST: u8 = 8;

/// How a page is laid out.
#[derive(Clone, Copy)]
struct Layout {
    /// What is given up, from 0 (nothing) to [`TIGHTEST`].
    tightness: u8,
    /// Rows that WHY may have besides.
    spare: usize,
    /// Whether the lab's own figures keep their notes.
    notes: bool,
    /// Whether it may be longer than the screen.
    verbose: bool,
}

/// The page, and whether it has all that belongs on it: of a lab's own figures at least some.
fn page(demo: &Demo, layout: Layout, screen: &Screen) -> (Vec<String>, bool) {
    let Layout { tightness, verbose, .. } = layout;
    let mut lines = vec![head(demo, screen)];
    if demo.broke.is_some() {
        lines.extend(section("BREAK", broke(demo, tightness, screen), screen));
    }
    if let Some(subject) = demo.explored_subject().filter(|_| demo.shows(Part::Why)) {
        lines.extend(section("WHY", why(demo, subject, layout, screen), screen));
    }
    let modelled = !demo.explored.is_empty() || !demo.refused.is_empty();
    if modelled && demo.shows(Part::Fix) {
        lines.extend(section("FIX", fix::lines(demo, tightness, screen), screen));
    }
    let see_at = lines.len();
    // A lab whose own figures are the price has no others.
    if demo.shows(Part::Price) && !(demo.prices.is_empty() && see_is_price(demo)) {
        lines.extend(section("PRICE", price::lines(demo, verbose, tightness, screen), screen));
    }
    lines.extend(section("NEXT", next(demo, tightness, screen), screen));
    let room = if verbose { usize::MAX } else { ROWS.saturating_sub(lines.len()) };
    let notes = if layout.notes { usize::MAX } else { 0 };
    let (mut see, complete) = exhibit::fitting(&demo.exhibits, notes, room, screen);
    see.extend(claims::fitting(&demo.claims, room - see.len().min(room), verbose, screen));
    lines.splice(see_at..see_at, section("SEE", see, screen));
    (lines, complete)
}

/// Whether the lab's own figures say what its ways cost.
fn see_is_price(demo: &Demo) -> bool {
    demo.exhibits.iter().any(|exhibit| matches!(exhibit.figures, Figures::Ways { .. }))
}

/// The lab at the left, the machine at the right.
fn head(demo: &Demo, screen: &Screen) -> String {
    let stamp = &demo.stamp;
    let left = screen.plain(&format!("{} · {}", demo.card.name, demo.card.summary));
    let cores = format!("{} core{}", stamp.cores, if stamp.cores == 1 { "" } else { "s" });
    let version = format!("{} {}", stamp.version, stamp.profile);
    let seed = format!("{version} · seed {}", stamp.seed);
    // What the model finds is the same on every machine.
    let right = match demo.broke {
        Some(_) => [format!("{seed} · {cores}"), format!("{version} · {cores}"), cores],
        None => [seed, version.clone(), version],
    };
    let right = right
        .into_iter()
        .chain([String::new()])
        .map(|right| screen.plain(&right))
        .find(|right| screen.width_of(&left) + 2 + screen.width_of(right) <= screen.width)
        .unwrap_or_default();
    let gap = screen.width.saturating_sub(screen.width_of(&left) + screen.width_of(&right));
    if right.is_empty() {
        return screen.cut(&left, screen.width);
    }
    format!("{left}{}{right}", " ".repeat(gap))
}

fn broke(demo: &Demo, tightness: u8, screen: &Screen) -> Vec<String> {
    let Some(ran) = &demo.broke else { return Vec::new() };
    let runs = &ran.report;
    let width = screen.width - MARGIN;
    let dial = match runs.widen.as_str() {
        "none" => String::new(),
        dial => format!(", window widened ({dial})"),
    };
    let title = format!("{}, {} on real threads{dial}", runs.variant, demo.size_real);
    let mut lines = screen.wrap(&title, width);
    let widened = demo.widened.as_ref().map(|widened| &widened.report);
    let whole = runs.failed() == 0 && runs.unfinished == 0 && runs.limit.is_none();
    if let Some(widened) = widened.filter(|_| tightness >= 7 && whole) {
        let (n, failed, all) = (words::thousands(runs.runs), widened.failed(), widened.runs);
        let text =
            format!("0 of {n} runs went wrong: luck, not proof; window widened: {failed} of {all}");
        return [lines, screen.wrap(&text, width)].concat();
    }
    lines.extend(screen.wrap(&happened(demo, ran, true), width));
    lines.extend(ran.busy.iter().flat_map(|busy| screen.wrap(busy, width)));
    if let Some(widened) = &demo.widened {
        lines.extend(screen.wrap(&happened_widened(demo, widened, tightness), width));
    }
    lines
}

/// What runs with the window widened showed.
fn happened_widened(demo: &Demo, widened: &Ran, tightness: u8) -> String {
    let Ran { report, told, .. } = widened;
    let dial = &report.widen;
    if report.failed() == 0 {
        return format!("with the window widened ({dial}): {}", happened(demo, widened, false));
    }
    if tightness < 2 {
        return format!(
            "with the window widened ({dial}): {told}; the odds changed, the bug did not"
        );
    }
    let told = told.split(':').next().unwrap_or_default();
    format!("window widened ({dial}): {told}, by the same bug")
}

/// What runs showed, in words; that nothing went wrong is no praise. `refer` to where it stands
/// what could have happened.
fn happened(demo: &Demo, ran: &Ran, refer: bool) -> String {
    let runs = &ran.report;
    let proof = demo
        .explored
        .iter()
        .find(|one| one.variant.name == runs.variant && one.report.verdict == Verdict::Proved);
    let n = words::thousands(runs.runs);
    let mut text = if runs.failed() > 0 {
        ran.told.clone()
    } else if runs.runs == 0 {
        "no run was completed".to_owned()
    } else if let Some(proof) = proof {
        format!("0 of {n} runs went wrong, as is proved for {}", proof.size)
    } else if ran.right && !modelled(demo, &runs.variant) {
        let name = demo.card.name;
        format!("0 of {n} runs went wrong, as proved by conclab explore {name}")
    } else {
        let see = if refer && !demo.explored.is_empty() && demo.shows(Part::Why) {
            " (see WHY)"
        } else {
            ""
        };
        format!("0 of {n} runs went wrong on this machine: luck, not proof{see}")
    };
    if runs.unfinished > 0 {
        let unfinished = words::thousands(runs.unfinished);
        text = format!("{text}; {unfinished} had to be ended");
    }
    if let Some(limit) = runs.limit {
        let (done, asked) = (words::thousands(runs.runs), words::thousands(runs.runs_asked));
        let limit = words::limit(limit);
        // Slow runs and a short time look alike without it.
        let each = runs.elapsed_ns.checked_div(runs.runs).map(words::elapsed);
        let each = each.map(|each| format!(", {each} each")).unwrap_or_default();
        text = format!("{text} ({done} of {asked} runs were made{each}: {limit})");
    }
    text
}

/// Whether the model says something of a variant.
fn modelled(demo: &Demo, variant: &str) -> bool {
    demo.explored.iter().any(|one| one.variant.name == variant)
}

fn why(demo: &Demo, first: &Explored, layout: Layout, screen: &Screen) -> Vec<String> {
    let tightness = layout.tightness;
    let width = screen.width - MARGIN;
    let Some(run) = &first.report.counterexample else {
        return screen.wrap(&format!("{}: {}", size(demo, first, false), proof(first)), width);
    };
    let mut title = sizes(demo, first, tightness >= 5);
    if demo.asked.is_none() || tightness < 5 {
        let short = run.schedule.as_deref().filter(|digits| digits.len() <= NUMBER_DIGITS);
        let number = short.map(words::grouped);
        title += &number.map_or(" One of them:".to_owned(), |n| format!(" Number {n}:"));
    }
    let mut lines = screen.wrap(&title, width);
    // Who waits for what says more than how it came to that.
    let stuck = run.wait_for.is_some() && demo.evidence.is_empty();
    if !(stuck && tightness >= TIGHTEST) {
        lines.extend(lanes::table(run, width, rows(run, layout), screen));
    }
    let awake = run.wait_for.as_ref().is_some_and(|graph| {
        !graph.waiting.is_empty() && graph.waiting.iter().all(|one| one.how == Wait::Retry)
    });
    let told = !demo.evidence.is_empty() && tightness >= 2 && !awake;
    if let Some(graph) = run.wait_for.as_ref().filter(|_| !told) {
        let max = if (4..TIGHTEST).contains(&tightness) { 1 } else { 3 };
        lines.extend(stuck::in_short(graph, max, screen));
    }
    if !demo.evidence.is_empty() {
        lines.extend(stuck::evidence(&demo.evidence, tightness >= 6, screen));
    }
    lines.iter().map(|line| screen.cut(line, width)).collect()
}

/// What the model says if nothing goes wrong in it.
fn proof(one: &Explored) -> String {
    let proved = one.report.verdict == Verdict::Proved;
    format!("{}{}", if proved { "proved: " } else { "" }, explore::sentence(one))
}

/// Rows for the table of WHY.
fn rows(run: &Interleaving, layout: Layout) -> usize {
    let rows = match layout.tightness {
        // Six steps are the three threads that a class looks at: folded they show nothing.
        0..=2 => 6,
        3..=5 if run.steps.len() <= 6 => 6,
        _ => 4,
    };
    rows + layout.spare
}

/// Whether the table of WHY leaves out what several threads do.
fn has_gaps(demo: &Demo, layout: Layout) -> bool {
    let run = demo.explored_subject().and_then(|first| first.report.counterexample.as_ref());
    run.is_some_and(|run| {
        fold(&run.steps, run.decided, rows(run, layout))
            .iter()
            .any(|row| matches!(row, Row::Gap(..)))
    })
}

/// The size that was explored; says so if more was asked for.
fn size(demo: &Demo, first: &Explored, short: bool) -> String {
    let class = match (&demo.asked, short) {
        (None, _) => "",
        (Some(_), false) => " (a class can look at that many)",
        (Some(_), true) => " (for a class)",
    };
    // The screen of the first variant needs no name here: it is the lab's own.
    let name = Some(first.variant.name).filter(|name| *name != demo.first);
    format!("{}{}{class}", name.map(|name| format!("{name}, ")).unwrap_or_default(), first.size)
}

/// `2 × 1 increment: 6 interleavings; 4 lose an update.`
fn sizes(demo: &Demo, first: &Explored, short: bool) -> String {
    let size = size(demo, first, short);
    let report = &first.report;
    let (bad, does) = match failing(first) {
        Some((bad, does)) => (words::count(&bad), does),
        None => ("0".to_owned(), "go wrong"),
    };
    if !report.exhaustive {
        let states = words::thousands(report.states);
        return format!("{size}: not exhausted after {states} states; some {does}.");
    }
    let all = words::interleavings(&report.interleavings);
    if bad == "unbounded" || all.starts_with("unbounded") {
        return format!("{size}: interleavings without a largest number; some {does}.");
    }
    format!("{size}: {all}; {bad} {does}.")
}

/// One or two commands to go on with.
fn next(demo: &Demo, tightness: u8, screen: &Screen) -> Vec<String> {
    let name = demo.card.name;
    let flags = &demo.flags;
    let replay = demo.explored_subject().and_then(|one| {
        let schedule = one.report.counterexample.as_ref()?.schedule.as_ref()?;
        let variant = one.variant.name;
        (schedule.len() <= NUMBER_DIGITS).then_some(())?;
        Some(format!("conclab replay {name} --variant {variant} --schedule {schedule}{flags}"))
    });
    let Some(subject) = demo.subject else {
        return vec![screen.cut(&format!("conclab {name} --verbose"), screen.width - MARGIN)];
    };
    let only = Some(subject.name).filter(|variant| *variant != demo.first);
    let only = only.map(|variant| format!(" --variant {variant}")).unwrap_or_default();
    let explore = format!("conclab explore {name}{only}{}", demo.asked.as_ref().unwrap_or(flags));
    // Only `explore` can show what was asked for, if the demo showed less.
    let explore_first = demo.asked.is_some();
    let mut commands: Vec<_> = replay.into_iter().chain([explore]).collect();
    if explore_first {
        commands.reverse();
    }
    if tightness > 0 {
        commands.truncate(1);
    }
    // A command is never cut: it is there to be typed or copied.
    commands.iter().flat_map(|command| screen.wrap(command, screen.width - MARGIN)).collect()
}

/// What did not fit: every variant on real threads, every outcome with counts and odds.
fn more(demo: &Demo, screen: &Screen) -> Vec<String> {
    let mut lines = Vec::new();
    if !demo.others.is_empty() {
        lines.push(String::new());
        lines.extend(section("RUNS", runs(demo, screen), screen));
    }
    for one in &demo.explored {
        lines.push(String::new());
        lines.extend(explore::variant(one, explore::ROWS, screen));
    }
    if !demo.explored.is_empty() {
        lines.push(String::new());
        lines.extend(explore::legend(screen));
    }
    lines
}

fn runs(demo: &Demo, screen: &Screen) -> Vec<String> {
    let names = demo.runs().map(|ran| ran.report.variant.len()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for ran in demo.broke.iter().chain(&demo.others) {
        let room = screen.width - MARGIN - names - 2;
        let text = happened(demo, ran, false);
        for (n, text) in screen.wrap(&text, room).into_iter().enumerate() {
            let name = if n == 0 { ran.report.variant.as_str() } else { "" };
            lines.push(format!("{}  {text}", screen.cell(name, names)));
        }
    }
    lines
}

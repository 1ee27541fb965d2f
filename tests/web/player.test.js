// The page as somebody uses it who is the scheduler: with the keyboard, in a real browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSource, graphOf, labs, launch, missing, open, pageOf, tidyUp } from "./pages.js";

const text = (tab, selector) => tab.locator(selector).innerText();
const rows = (tab) => tab.locator("#steps tbody tr:not(.mark)").count();

describe("the player", { skip: missing }, () => {
  let browser;
  before(async () => { browser = await launch(); });
  after(async () => {
    await browser?.close();
    tidyUp();
  });

  const play = (name, lab, body, options = {}, hash = "") => test(name, async () => {
    const tab = await open(browser, pageOf(lab) + hash, options);
    await body(tab);
    assert.deepEqual(tab.complaints, []);
    await tab.context().close();
  });

  play("comes to the lost update by keyboard alone", "race", async (tab) => {
    assert.match(await text(tab, "#ahead"), /^Of 6 interleavings that go on from here, 4 fail\.$/);
    assert.match(await text(tab, "#odds"), /^Odds of failing: 0\.500/);
    await tab.keyboard.press("1");
    assert.match(await text(tab, "#ahead"), /^Of 3 interleavings that go on from here, 2 fail\.$/);
    await tab.keyboard.press("2");
    assert.match(await text(tab, "#steps .mark"), /from here on every way fails \(step 2\)/);
    await tab.keyboard.press("2");
    await tab.keyboard.press("1");
    assert.equal(await rows(tab), 4);
    assert.match(await text(tab, "#ahead"), /The end: 1\. Wrong/);
    assert.match(await text(tab, "#end"), /Step 4: A stores what follows from the 0 that it loaded in step 1\./);
    assert.match(await text(tab, "#steps tr.last"), /relies on step 1: overwrites B's change/);
    assert.match(await text(tab, "#said"), /overwrites B's change/);
  });

  play("draws the ring of those who wait for each other", "deadlock", async (tab) => {
    assert.equal(await tab.locator("#end svg").count(), 0);
    for (const key of ["1", "2"]) await tab.keyboard.press(key);
    const ring = tab.getByRole("img", { name: /^A ring: A waits for account 1, held by B; B waits for / });
    await ring.waitFor();
    assert.equal(await ring.locator("path.wait").count(), 2);
    assert.match(await text(tab, "#end"), /Nobody can go on/);
    await tab.keyboard.press("u");
    assert.equal(await tab.locator("#end svg").count(), 0);
  });

  play("undoes and redoes every step", "race", async (tab) => {
    for (const key of ["2", "1", "1"]) await tab.keyboard.press(key);
    const before = await text(tab, "#steps");
    await tab.keyboard.press("ArrowLeft");
    await tab.keyboard.press("u");
    assert.equal(await rows(tab), 1);
    assert.match(await text(tab, "#said"), /^Undone; 1 steps so far\./);
    await tab.keyboard.press("ArrowRight");
    await tab.keyboard.press("ArrowRight");
    assert.equal(await text(tab, "#steps"), before);
    await tab.keyboard.press("Home");
    assert.equal(await rows(tab), 0);
    await tab.keyboard.press("u");
    assert.match(await text(tab, "#said"), /This is the beginning/);
  });

  play("is led back to a position by its address", "race", async (tab) => {
    for (const key of ["1", "2"]) await tab.keyboard.press(key);
    const [address, steps] = [tab.url(), await text(tab, "#steps")];
    assert.match(address, /#v=unsynchronised&m=0\.1$/);
    const again = await open(browser, address);
    assert.equal(await text(again, "#steps"), steps);
    assert.deepEqual(again.complaints, []);
    await again.context().close();
    await tab.evaluate(() => { location.hash = "#v=mutex&m=1"; });
    await tab.waitForFunction(() => document.getElementById("variants").value === "mutex");
    assert.equal(await rows(tab), 1);
  });

  for (const hash of ["#v=nothing&m=9.9.9", "#m=0.1.77.0", "#%%%", "#v=%3Cscript%3E&m=-1", "#m=" + "0.".repeat(9999)]) {
    play(`understands what it can of ${hash.slice(0, 30)}`, "race", async (tab) => {
      assert.match(await text(tab, "#lab"), /race/);
      await tab.keyboard.press("r");
      assert.equal(await rows(tab), 0);
    }, {}, hash);
  }

  play("begins with the variant that the address names", "race", async (tab) => {
    assert.equal(await tab.locator("#variants").inputValue(), "lock-the-store");
  }, {}, "#lock-the-store");

  play("shows the simplest failure one step at a time without motion", "deadlock", async (tab) => {
    await tab.locator("#simplest").focus();
    await tab.keyboard.press("Enter");
    assert.equal(await rows(tab), 1);
    await tab.keyboard.press("f");
    assert.match(await text(tab, "#ahead"), /The end: deadlock\. Wrong/);
    assert.match(await text(tab, "#end"), /A waits for account 1, held by B\. B waits for account 0, held by A\./);
  });

  play("plays the simplest failure by itself, and stops when told", "race", async (tab) => {
    await tab.clock.install();
    await tab.reload();
    await tab.keyboard.press("f");
    await tab.clock.runFor(1500);
    assert.match(await text(tab, "#simplest"), /Pause/);
    await tab.keyboard.press("f");
    const paused = await rows(tab);
    await tab.clock.runFor(5000);
    assert.equal(await rows(tab), paused);
    await tab.keyboard.press("f");
    await tab.clock.runFor(9000);
    assert.match(await text(tab, "#ahead"), /Wrong/);
  }, { reducedMotion: "no-preference" });

  play("keeps its keys from the book around it, and leaves other keys alone", "race", async (tab) => {
    await tab.evaluate(() => {
      window.turned = [];
      document.addEventListener("keydown", (event) => window.turned.push(event.key));
    });
    await tab.locator("#undo").focus();
    for (const key of ["ArrowLeft", "ArrowRight", "1", "x", "Control+ArrowLeft"]) {
      await tab.keyboard.press(key);
    }
    const turned = await tab.evaluate(() => window.turned);
    assert.deepEqual(turned.filter((key) => key !== "Control"), ["x", "ArrowLeft"]);
  });

  play("keeps the focus where the hands are", "race", async (tab) => {
    await tab.locator("[data-key='move A 0']").focus();
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Enter");
    assert.equal(await rows(tab), 2);
    const key = await tab.evaluate(() => document.activeElement.dataset.key);
    assert.equal(key, "move B 0", "A is over, so that the focus is on the next button");
    const outline = await tab.evaluate(() => {
      return getComputedStyle(document.activeElement).outlineStyle;
    });
    assert.equal(outline, "solid");
  });

  play("marks in the code where every thread stands", "race", async (tab) => {
    for (const key of "12") await tab.keyboard.press(key);
    const marked = await tab.locator("#code .line.here").innerText();
    assert.match(marked, /A\s*B[^]*door\.lock\(\)/);
    await tab.keyboard.press("r");
    for (const key of "111") await tab.keyboard.press(key);
    // Where its guard goes out of scope it stands at the line that took the lock.
    const line = tab.locator("#code .line.here", { hasText: "door.lock" });
    assert.match(await line.innerText(), /A/);
  }, {}, "#v=lock-the-store");

  play("goes where the drawing is pressed", "race", async (tab) => {
    await tab.locator("#graph .node.doomed").last().click();
    assert.match(await text(tab, "#ahead"), /fail|Wrong/);
  });

  play("gives hints only to those who ask", "race", async (tab) => {
    assert.equal(await tab.locator(".move small").count(), 0);
    await tab.keyboard.press("h");
    assert.match(await text(tab, "[data-key='move A 0'] small"), /then 2 of 3 fail/);
  });

  test("says what is left out where one steps out of the page", async () => {
    const large = pageOf("semaphore", "--variant", "atomic", "--workers", "4", "--permits", "2");
    const tab = await open(browser, large);
    assert.match(await text(tab, "#graph-words"), /this page holds [\d,]+ of them/);
    // The last thread goes on and on: that way leads away from the states near the beginning.
    await tab.evaluate(() => {
      document.body.style.display = "none";
      while (here().moves.at(-1).to !== null) step(here().moves.length - 1);
      document.body.style.display = "";
    });
    await tab.locator(".move", { hasText: "not on this page" }).last().click();
    assert.match(await text(tab, "#said"), /leads out of the page: it holds [\d,]+ of the program's [\d,]+ states/);
    assert.match(await text(tab, "#end"), /leads out of the page/);
    assert.deepEqual(tab.complaints, []);
    await tab.context().close();
  });

  // 200 random walks, a few in each variant, against the document of --graph.
  test("walks in step with the graph as --graph writes it", async () => {
    let seed = 7;
    const random = (below) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return Math.floor((seed / 2147483648) * below);
    };
    const all = labs();
    const walks = Math.ceil(200 / all.reduce((sum, lab) => sum + lab.variants.length, 0));
    for (const { name: lab, variants } of all) {
      const tab = await open(browser, pageOf(lab));
      for (const { name } of variants) {
        const graph = graphOf(lab, name);
        const kept = await tab.evaluate(states, name);
        const ways = Array.from({ length: walks }, () => walk(graph, kept, random));
        const seen = await tab.evaluate(walked, [name, ways.map((way) => way.moves)]);
        ways.forEach(({ moves, states }, n) => {
          const expected = states.map((at) => told(graph, at));
          assert.deepEqual(seen[n].down, expected, `${lab} ${name} ${moves}`);
          assert.deepEqual(seen[n].up, expected.reverse().slice(1), `${lab} ${name} undone`);
        });
      }
      assert.deepEqual(tab.complaints, []);
      await tab.context().close();
    }
  });

  for (const scheme of ["light", "dark"]) {
    for (const { name } of missing ? [] : labs()) {
      play(`axe finds nothing in ${name}, ${scheme}`, name, async (tab) => {
        for (const keys of ["", "1", "21h", "rffffff"]) {
          for (const key of keys) await tab.keyboard.press(key);
          // The page's own policy forbids new scripts, so that axe is evaluated from outside.
          await tab.evaluate(axeSource());
          const found = await tab.evaluate(() => window.axe.run());
          const bad = found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`);
          assert.deepEqual(bad, []);
        }
      }, { colorScheme: scheme });
    }
  }

  for (const width of [360, 1280]) {
    play(`fits ${width} pixels`, "semaphore", async (tab) => {
      for (const key of "123") await tab.keyboard.press(key);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} pixels wide`);
    }, { viewport: { width, height: 720 } });
  }
});

// In the page: how many states of a variant it holds; those of a large one come first in its graph.
function states(name) {
  const { variants } = JSON.parse(document.getElementById("data").textContent);
  return variants.find((variant) => variant.name === name).states.length;
}

// A random walk of at most 25 steps, within the first states.
function walk(graph, kept, random) {
  const [moves, states] = [[], [0]];
  while (moves.length < 25) {
    const ways = graph.states[states.at(-1)].moves;
    if (ways.length === 0) break;
    const way = random(ways.length);
    if (ways[way].to === null || ways[way].to >= kept) break;
    moves.push(way);
    states.push(ways[way].to);
  }
  return { moves, states };
}

// What a state of the graph says, as the page says it.
function told(graph, at) {
  const state = graph.states[at];
  const word = (number) => (number === null ? null : graph.texts[number]);
  return {
    objects: state.objects.map(([name, value]) => [word(name), word(value)]),
    threads: state.threads.map((one) => (
      [word(one.name), word(one.next), word(one.file), one.line, word(one.waits)])),
    moves: state.moves.map((one) => [word(one.thread), word(one.operation), word(one.result)]),
    counts: [state.interleavings, state.failing, state.can_fail, state.must_fail],
    outcome: word(state.outcome),
  };
}

// In the page: what it holds and shows on the way down, and again on the way back.
function walked([name, walks]) {
  const told = () => {
    const state = here();
    const buttons = document.querySelectorAll("#steps .move").length;
    if (buttons !== state.moves.length) throw new Error(`${buttons} buttons`);
    return {
      objects: state.objects,
      threads: state.threads.map((one) => [one.name, one.next, one.file, one.line, one.waits]),
      moves: state.moves.map((one) => [one.thread, one.operation, one.result]),
      counts: [state.interleavings, state.failing, state.canFail, state.mustFail],
      outcome: state.outcome,
    };
  };
  // Thousands of steps would take minutes if each were laid out and put into the address.
  document.body.style.display = "none";
  history.replaceState = () => {};
  choose(name);
  return walks.map((moves) => {
    restart();
    const down = [told()];
    for (const nth of moves) {
      step(nth);
      down.push(told());
    }
    const up = [];
    while (now.moves.length > 0) {
      undo();
      up.push(told());
    }
    return { down, up };
  });
}

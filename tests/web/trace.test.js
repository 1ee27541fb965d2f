// The page of a recorded run as somebody reads it: by keyboard, in a real browser.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { axeSource, launch, missing, open, tidyUp, traceOf } from "./pages.js";

const POOL = ["pool", "--runner", "processes", "--crash", "1"];
const DEADLOCK = ["deadlock", "--widen", "handshake"];

describe("a recorded run", { skip: missing }, () => {
  let browser;
  before(async () => { browser = await launch(); });
  after(async () => {
    await browser?.close();
    tidyUp();
  });

  // `open` fails the test if anything is asked of a network; the page is read from `file://`.
  const read = (name, run, body, options = {}) => test(name, async () => {
    const tab = await open(browser, traceOf(...run), options);
    assert.match(tab.url(), /^file:/);
    await body(tab);
    assert.deepEqual(tab.complaints, []);
    await tab.context().close();
  });

  const detail = (tab) => tab.locator("#detail").innerText();
  const press = async (tab, keys) => { for (const key of keys) await tab.keyboard.press(key); };
  const width = (tab) => tab.evaluate(() => {
    const widths = [...document.querySelectorAll("#lanes rect[data-f]")];
    return Math.max(...widths.map((bar) => Number(bar.getAttribute("width"))));
  });
  const places = (tab) => tab.evaluate(() => (
    [...document.querySelectorAll("#lanes circle")].map((dot) => Number(dot.getAttribute("cx")))));

  read("tells of each event, where it is in the source and who unblocked it", DEADLOCK,
    async (tab) => {
      await tab.locator("#chart").focus();
      const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.notEqual(outline, "none");
      await press(tab, ["Home"]);
      assert.match(await detail(tab), /^0: main begins\.$/);
      const told = [];
      for (let n = 0; n < 40; n++) {
        await press(tab, ["ArrowRight"]);
        told.push(await detail(tab));
      }
      assert.ok(told.some((one) => /gets account 0 \(deadlock\/\w+\.rs:\d+\)\.$/.test(one)), told);
      assert.ok(told.some((one) => /begins .*Unblocked by main, which starts [AB] at/.test(one)), told);
      await press(tab, ["Home", "ArrowDown"]);
      assert.match(await detail(tab), /: A /);
      await press(tab, ["u"]);
      assert.match(await detail(tab), /: main starts A/);
    });

  read("zooms, moves and is made true to scale by keyboard", POOL, async (tab) => {
    await tab.locator("#chart").focus();
    const [all, narrow] = [await places(tab), await width(tab)];
    await press(tab, ["+", "+"]);
    assert.ok(await width(tab) > narrow * 1.5, "bars are wider");
    const before = await places(tab);
    await press(tab, ["."]);
    const after = await places(tab);
    assert.ok(after[0] < before[0], "to the left, so later times are seen");
    await press(tab, ["0"]);
    assert.deepEqual(await places(tab), all);
    await press(tab, ["t"]);
    assert.notDeepEqual(await places(tab), all);
    assert.equal(await tab.locator("[data-do=scale]").getAttribute("aria-pressed"), "true");
    await tab.locator("[data-do=scale]").press("Enter");
    assert.deepEqual(await places(tab), all);
  });

  read("tells of an event that a pointer is on", POOL, async (tab) => {
    const dot = tab.locator("#lanes circle").last();
    await dot.hover({ force: true });
    assert.match(await detail(tab), /^[\d.]+ .s: /);
  });

  read("shows the processes of a pool and what became of them", POOL, async (tab) => {
    const lanes = await tab.evaluate(() => (
      JSON.parse(document.getElementById("data").textContent).threads));
    assert.deepEqual(lanes, ["main", "worker 1", "worker 2", lanes[3]]);
    assert.match(lanes[3], /^worker [12] \(2\)$/);
    const table = await tab.locator("details").innerText();
    assert.match(table, /All \d+ events/);
    await tab.locator("summary").press("Enter");
    const rows = await tab.locator("tbody").innerText();
    for (const words of ["crashes", "begins task 0", "has done task 3", "starts the process worker 1, pid"]) {
      assert.ok(rows.includes(words), words);
    }
  });

  for (const scheme of ["light", "dark"]) {
    for (const run of [POOL, DEADLOCK, ["pool", "--runner", "threads", "--work", "io"]]) {
      read(`axe finds nothing in ${run.join(" ")}, ${scheme}`, run, async (tab) => {
        await tab.locator("#chart").focus();
        for (const keys of [[], ["ArrowRight", "ArrowRight"], ["t", "+"]]) {
          await press(tab, keys);
          await tab.evaluate(axeSource());
          const found = await tab.evaluate(() => window.axe.run());
          assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`), []);
        }
        await tab.locator("summary").press("Enter");
        const found = await tab.evaluate(() => window.axe.run());
        assert.deepEqual(found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`), []);
      }, { colorScheme: scheme });
    }
  }
});

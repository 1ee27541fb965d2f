import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const out = process.argv[2] || "/tmp/drv/shots";
import { mkdirSync } from "node:fs"; mkdirSync(out, { recursive: true });
const u = (p) => pathToFileURL("/tmp/drv/out/").href + p;
const go = async (name, url, w, h, opt = {}, keys = "", full = true) => {
  const c = await b.newContext({ viewport: { width: w, height: h }, ...opt });
  const t = await c.newPage();
  t.on("console", m => console.log(name, m.text())); t.on("pageerror", e => console.log(name, e.message));
  await t.goto(u(url)); await t.waitForTimeout(300);
  for (const k of keys) await t.keyboard.press(k);
  await t.screenshot({ path: `${out}/${name}.png`, fullPage: full });
  await c.close();
};
const ch = process.argv[3] || "race";
await go("light", `${ch}.html`, 1280, 720);
await go("dark", `${ch}.html`, 1280, 720, { colorScheme: "dark" });
await go("phone", `${ch}.html`, 360, 740);
const c = await b.newContext({ viewport: { width: 1280, height: 720 } }); const t = await c.newPage();
await t.goto(u(`${ch}.html?present#1`));
const n = await t.locator("section.screen").count();
for (let i = 1; i <= n; i++) {
  await t.waitForTimeout(150);
  await t.screenshot({ path: `${out}/p${i}.png` });
  await t.keyboard.press("r"); await t.screenshot({ path: `${out}/p${i}r.png` });
  await t.keyboard.press("ArrowRight");
}
await t.goto(u(`${ch}.html`)); await t.pdf({ path: `${out}/print.pdf`, preferCSSPageSize: true });
await b.close();

// What a browser makes of the page for a phone: `node page.js URL FOLDER`. Prints one JSON object a line: what it has found, and
// "kill" when the service is to be ended. Screenshots go to FOLDER.
"use strict";
const { chromium } = require("playwright-core");
const [url, folder] = process.argv.slice(2);
const origin = new URL(url).origin;
const say = (found) => console.log(JSON.stringify(found));

// Within the page: what it got last beside what it shows.
function shown() {
  const text = (id) => document.getElementById(id).textContent;
  const facts = [...document.querySelectorAll("#facts dd")].map((dd) => dd.textContent);
  return { state: window.lastState, loss: text("loss"), next: text("next"), totals: text("totals"), facts, alarm: text("alarm-text"), session: text("session") };
}
// Visible things to touch that are too small.
function small() {
  return [...document.querySelectorAll("button, a, input:not([type=radio]), .choice label")].filter((thing) => thing.offsetParent)
    .map((thing) => [thing.outerHTML.slice(0, 80), thing.getBoundingClientRect()]).filter(([, box]) => box.width < 43.9 || box.height < 43.9).map(([html]) => html);
}
// Texts whose contrast with what is behind them is below 4.5 (WCAG 2.1).
function faint() {
  const rgb = (css) => (css.match(/[\d.]+/g) || []).map(Number);
  const light = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.getClientRects().length || element.disabled) continue;
    const style = getComputedStyle(element), svg = element instanceof SVGElement;
    const [a, b] = [light(rgb(svg ? style.fill : style.color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(`${element.tagName} ${element.className.baseVal ?? element.className} ${element.textContent.slice(0, 30)}`);
  }
  return found;
}

(async () => {
  const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: flags });
  const requests = new Set(), complaints = [];
  const open = async (options) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.on("request", (request) => requests.add(new URL(request.url()).origin));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.addInitScript(() => {
      const Source = window.EventSource;
      window.EventSource = class extends Source {
        constructor(...of) {
          super(...of);
          this.addEventListener("message", (event) => { window.lastState = JSON.parse(event.data); });
        }
      };
    });
    return page;
  };
  const live = (page) => page.waitForFunction(() => document.body.dataset.fresh === "live" && document.querySelector("#map svg") && /\d/.test(document.getElementById("loss").textContent), null, { timeout: 60000 });
  const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  const phone = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await phone.goto(url);
  await live(phone);
  for (const lang of ["en", "zh"]) {
    if ((await phone.evaluate(() => document.documentElement.lang)) !== lang) {
      await phone.tap("nav a");
      await phone.waitForFunction((lang) => document.documentElement.lang === lang, lang);
      await live(phone);
    }
    for (const theme of ["day", "night"]) {
      await phone.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
      say({ what: "look", lang, theme, overflow: await overflow(phone), small: await phone.evaluate(small), faint: await phone.evaluate(faint) });
      await phone.screenshot({ path: `${folder}/phone-${lang}-${theme}.png`, fullPage: true });
    }
    say({ what: "shown", lang, ...(await phone.evaluate(shown)) });
    say({ what: "text", lang, address: phone.url(), text: await phone.evaluate(() => document.body.innerText) });
  }

  // By keys alone: drop a pan, count it.
  const table = await open({ viewport: { width: 1280, height: 800 } });
  await table.goto(url);
  await live(table);
  const focus = [];
  for (let n = 0; n < 12; n++) {
    await table.keyboard.press("Tab");
    focus.push(await table.evaluate(() => document.activeElement.id || document.activeElement.dataset.drop || document.activeElement.textContent));
    if (focus.at(-1) === "rear") break;
  }
  await table.keyboard.press("Enter");
  await table.waitForSelector("#pans button");
  await table.focus("#pans button");
  await table.keyboard.press("Enter");
  await table.keyboard.type("142");
  await table.waitForFunction(() => /\d/.test(document.getElementById("meaning").textContent));
  say({ what: "form", small: await table.evaluate(small), faint: await table.evaluate(faint), overflow: await overflow(table) });
  await table.screenshot({ path: `${folder}/table-form.png`, fullPage: true });
  const meaning = await table.textContent("#meaning");
  await table.keyboard.press("Enter");
  await table.waitForFunction(() => document.getElementById("count").hidden);
  await table.waitForFunction(() => !document.querySelector("#pans button"));
  say({ what: "keys", focus, meaning, said: await table.textContent("#said"), waiting: await table.locator("#pans button").count() });
  for (const theme of ["day", "night"]) {
    await table.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
    await table.screenshot({ path: `${folder}/table-${theme}.png`, fullPage: true });
  }

  // A tap acknowledges.
  await phone.waitForSelector("#acknowledge:visible", { timeout: 90000 });
  const before = await phone.evaluate(() => window.lastState.status.alarms);
  await phone.screenshot({ path: `${folder}/phone-alarm.png` });
  await phone.tap("#acknowledge");
  await phone.waitForFunction(() => document.getElementById("acknowledge").hidden);
  say({ what: "acknowledged", before, after: await phone.evaluate(() => window.lastState.status.alarms) });

  say({ what: "asked", requests: [...requests], complaints: [...complaints], origin });
  // The link is lost: first grey, then without figures, and the reason in words.
  say({ what: "kill" });
  await phone.waitForFunction(() => document.body.dataset.fresh !== "live");
  await phone.waitForSelector("#link:visible");
  say({ what: "lost", link: await phone.textContent("#link"), colour: await phone.evaluate(() => [getComputedStyle(document.getElementById("loss")).color, getComputedStyle(document.querySelector("#facts dd")).color]) });
  await phone.waitForFunction(() => document.getElementById("loss").textContent === "—");
  say({ what: "gone", left: await phone.evaluate(() => [...document.querySelectorAll(".now")].map((now) => now.textContent).filter((text) => text !== "—" && text !== "")), drop: await phone.isDisabled("[data-drop=rear]") });
  await phone.screenshot({ path: `${folder}/phone-lost.png` });
  await browser.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});

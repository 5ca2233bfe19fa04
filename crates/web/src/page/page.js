// The page: takes events, puts their texts in place, sends what is touched. Texts are put in as texts, never as markup.
"use strict";
(() => {
  // Without an event for so long the figures are called old, and after a longer time they are dashes, ms. As on the screen.
  const OLD = 2500, GONE = 5000;
  const RETRY_LEAST = 500, RETRY_MOST = 8000;
  const body = document.body, word = body.dataset, lang = document.documentElement.lang;
  const $ = (id) => document.getElementById(id);
  let source = null, newest = 0, fresh = "gone", retry = RETRY_LEAST, closed = false, opened = Date.now();
  let state = null, charts = null, span = "session", form = null;

  // The token has gone into a cookie: it need not stay in the address.
  if (location.search) history.replaceState(null, "", "/");

  function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }
  function make(name, text, className) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  }
  // Changes only what has changed, so that focus and a reader's place stay.
  function list(parent, items, same, build) {
    const now = JSON.stringify(items.map(same));
    if (parent.dataset.now === now) return false;
    parent.dataset.now = now;
    parent.replaceChildren(...items.flatMap(build));
    return true;
  }

  function show() {
    const texts = state.texts;
    put($("session"), texts.session);
    put($("loss-name"), texts.loss_name);
    put($("loss"), texts.loss);
    put($("verdict"), texts.verdict || "");
    put($("flags"), texts.flags);
    $("loss").classList.toggle("over", texts.is_over);
    list($("facts"), texts.facts, (f) => f, (f) => [make("dt", f.label), make("dd", f.text, "now")]);
    put($("next-name"), texts.next_name);
    put($("next"), texts.next);
    put($("next-pan"), texts.next_pan || "");
    put($("places-name"), texts.places_name);
    const most = Math.max(0, ...texts.places.map((p) => p.part || 0));
    list($("places"), texts.places, (p) => p, (p) => {
      const row = make("li", undefined, p.part !== null && p.part === most && most > 0 ? "most" : "");
      row.append(make("span", p.name), Charts.bar(p.part), make("strong", p.share, "now"), make("small", `${p.amount} · ${p.basis}`, "now"));
      return [row];
    });
    list($("machine"), texts.machine, (m) => m, (m) => {
      const cell = make("div"), value = make("dd", m.text, m.is_old ? "old" : "now");
      value.append(make("small", m.age));
      cell.append(make("dt", m.label), value);
      return [cell];
    });
    put($("totals"), texts.totals.replace(/ {2,}/g, "\n"));
    alarm(texts.alarm);
    list($("alarms"), texts.alarms, (a) => a, (a) => [make("li", a.text, `level-${a.level}`)]);
    if (!texts.alarms.length) list($("alarms"), [word.noAlarm], (a) => a, (a) => [make("li", a)]);
    pans(texts);
  }

  function alarm(line) {
    // Set only on a change: a reader says it once.
    put($("alarm-text"), line.text);
    $("alarm").dataset.level = line.level;
    $("alarm").toggleAttribute("data-waits", line.waits);
    $("acknowledge").hidden = !line.waits;
  }

  function pans(texts) {
    const items = texts.pans.length ? texts.pans : [{ drop: 0, text: word.noPans }];
    const at = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.pan : undefined;
    const renewed = list($("pans"), items, (p) => p, (p) => {
      const row = make("li");
      row.append(make("span", p.text));
      if (p.drop) {
        const open = make("button", word.count);
        open.type = "button";
        open.dataset.pan = p.drop;
        open.setAttribute("aria-label", `${word.count}: ${p.text}`);
        open.addEventListener("click", () => fill(p));
        row.append(open);
      }
      return [row];
    });
    if (renewed && at) $("pans").querySelector(`[data-pan="${at}"]`)?.focus();
    if (form && !texts.pans.some((p) => p.drop === form)) close();
    const judged = texts.judged.length ? texts.judged : [word.none];
    list($("judged"), judged, (j) => j, (j) => [make("li", j)]);
  }

  // The form of a pan: what was typed last for its measures stays for the next one.
  const last = { weighed: false, area: "0.3", width: "", shed: "" };

  function field(name, label, value, hint) {
    const around = make("label", label), input = make("input");
    input.type = "text";
    input.name = name;
    input.inputMode = "decimal";
    input.maxLength = 8;
    input.autocomplete = "off";
    input.value = value;
    if (hint) input.placeholder = hint;
    input.addEventListener("input", preview);
    around.append(input);
    return around;
  }

  function fill(pan) {
    form = pan.drop;
    const place = $("count");
    const title = make("p", pan.text, "wide");
    const choice = make("div", undefined, "choice wide");
    for (const [weighed, name] of [[false, word.kernels], [true, word.grams]]) {
      const label = make("label", ""), radio = make("input");
      radio.type = "radio";
      radio.name = "weighed";
      radio.value = weighed ? "1" : "";
      radio.checked = last.weighed === weighed;
      radio.addEventListener("change", preview);
      label.append(radio, name);
      choice.append(label);
    }
    const shed = pan.needs_shed ? `${word.shed} (${word.needed})` : word.shed;
    const said = make("p", "", "said wide");
    said.id = "meaning";
    said.setAttribute("role", "status");
    const enter = make("button", word.enter, "main"), discard = make("button", word.discard), shut = make("button", word.close);
    enter.type = "submit";
    discard.type = shut.type = "button";
    shut.addEventListener("click", close);
    discard.addEventListener("click", async () => {
      // Twice, since it cannot be undone.
      if (discard.dataset.sure) {
        if (await post("/pans/discard", { drop: form })) close();
      } else {
        discard.dataset.sure = "1";
        discard.textContent = word.discardSure;
      }
    });
    const row = make("div", undefined, "row wide");
    row.append(enter, discard, shut);
    place.replaceChildren(title, choice, field("amount", word.count, ""), field("area", word.area, last.area),
      field("width", word.width, last.width, state.texts.machine_width), field("shed", shed, last.shed), said, row);
    place.hidden = false;
    place.elements.amount.focus();
    preview();
  }

  function filled() {
    const of = $("count").elements;
    Object.assign(last, { weighed: of.weighed.value === "1", area: of.area.value.trim(), width: of.width.value.trim(), shed: of.shed.value.trim() });
    return { drop: form, amount: of.amount.value.trim(), ...last };
  }

  function close() {
    const had = form;
    form = null;
    $("count").hidden = true;
    $("count").replaceChildren();
    ($("pans").querySelector(`[data-pan="${had}"]`) || document.querySelector("[data-drop]")).focus();
  }

  let asked = 0;
  async function preview() {
    const mine = ++asked, answer = await ask("/pans/preview", filled());
    if (mine !== asked || !form) return;
    const said = $("meaning");
    put(said, answer.text.join("\n"));
    said.classList.toggle("no", !answer.done && filled().amount !== "");
  }

  async function ask(path, what) {
    try {
      const response = await fetch(`${path}?lang=${lang}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what), signal: AbortSignal.timeout(8000),
      });
      if (response.status === 200 || response.status === 409) return await response.json();
    } catch { /* The link is lost: said below. */ }
    return { done: false, text: [word.noReply] };
  }

  async function post(path, what) {
    const answer = await ask(path, what);
    put($("said"), answer.text.join(" "));
    $("said").classList.toggle("no", !answer.done);
    return answer.done;
  }

  $("count").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form && (await post("/pans/count", filled()))) close();
    else preview();
  });
  $("acknowledge").addEventListener("click", () => post("/acknowledge", {}));
  for (const button of document.querySelectorAll("[data-drop]"))
    button.addEventListener("click", () => post("/pans/drop", { kind: button.dataset.drop }));
  for (const button of document.querySelectorAll("[data-span]"))
    button.addEventListener("click", () => {
      span = button.dataset.span;
      for (const other of document.querySelectorAll("[data-span]")) other.setAttribute("aria-pressed", String(other === button));
      draw();
    });

  function draw() {
    if (!charts) return;
    Charts.map($("map"), charts, word);
    Charts.trend($("trend"), charts, span, word);
    Charts.feed($("feed"), charts, word);
  }
  new ResizeObserver(draw).observe($("trend"));

  // Day, night, or as the device has it.
  const themes = ["", "day", "night"];
  function theme(name) {
    if (name) document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
    $("theme").textContent = { "": "◐", day: "☀", night: "☾" }[name];
    try { localStorage.setItem("theme", name); } catch { /* It is not kept, then. */ }
  }
  let chosen = "";
  try { chosen = localStorage.getItem("theme") || ""; } catch { /* None was kept. */ }
  theme(themes.includes(chosen) ? chosen : "");
  $("theme").addEventListener("click", () => theme(themes[(themes.indexOf(document.documentElement.dataset.theme || "") + 1) % 3]));

  function connect() {
    source = new EventSource(`/events?lang=${lang}`);
    source.addEventListener("message", (event) => {
      state = JSON.parse(event.data);
      newest = Date.now();
      retry = RETRY_LEAST;
      show();
      age();
    });
    source.addEventListener("charts", (event) => {
      charts = JSON.parse(event.data);
      draw();
    });
    source.addEventListener("error", () => {
      source.close();
      setTimeout(again, retry);
      retry = Math.min(2 * retry, RETRY_MOST);
    });
  }

  async function again() {
    // A stream does not say why it was refused.
    try {
      const answer = await fetch("/", { method: "HEAD", signal: AbortSignal.timeout(8000) });
      closed = answer.status === 401;
    } catch { closed = false; }
    age();
    connect();
  }

  // How current the figures are: by what the service says, and by the silence since.
  function age() {
    const silent = Math.abs(Date.now() - (newest || opened));
    let now = state ? state.texts.freshness : "gone", text = "";
    if (!newest) [now, text] = ["gone", silent < OLD ? word.connecting : word.lost];
    else if (silent >= GONE) [now, text] = ["gone", word.lost];
    else if (silent >= OLD) [now, text] = ["old", word.lost];
    else if (now === "old") text = word.old;
    if (closed) text = word.closed;
    text = text.replace("{n}", String(Math.round(silent / 1000)));
    put($("link"), text);
    $("link").hidden = !text;
    if (now !== fresh || now === "gone") {
      fresh = now;
      body.dataset.fresh = now;
      for (const button of document.querySelectorAll("[data-drop], #acknowledge")) button.disabled = now === "gone" || now === "ended";
    }
    if (now === "gone" && silent >= GONE) {
      // What was current is not shown as if it were.
      for (const element of document.querySelectorAll(".now")) if (element.textContent) put(element, "—");
      for (const element of document.querySelectorAll("[data-now]")) if (element.querySelector(".now")) element.dataset.now = "";
    }
  }
  setInterval(age, 250);
  document.addEventListener("visibilitychange", age);
  connect();
})();

// Map and charts as SVG, from the bounded message of the service. Colours are classes; texts are put in as texts.
"use strict";
const Charts = (() => {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  // Shares of the limit at which the colour of the track changes; without a limit, shares of the highest loss.
  const STEPS = [0.5, 0.8, 1, 1.5];

  function svg(name, attributes, text) {
    const element = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, String(value));
    if (text !== undefined) element.textContent = text;
    return element;
  }
  const tenths = (value) => Math.round(value * 10) / 10;
  const number = (value) => String(Number(value.toPrecision(2)));

  // The share of a place in the loss, as a bar.
  function bar(part) {
    const drawing = svg("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", "aria-hidden": "true" });
    drawing.append(svg("rect", { class: "track", x: 0.5, y: 0.5, width: 99, height: 13, "vector-effect": "non-scaling-stroke" }));
    if (part) drawing.append(svg("rect", { class: "bar", x: 0, y: 0, width: tenths(100 * part), height: 14 }));
    return drawing;
  }

  // A step of 1, 2 or 5 that divides a range into about so many.
  function step(range, parts) {
    const least = range / parts, ten = 10 ** Math.floor(Math.log10(least));
    return [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= least * 0.999);
  }

  function none(place, text) {
    const drawing = document.createElement("p");
    drawing.textContent = text;
    place.replaceChildren(drawing);
  }

  // Axes with ticks and names. Gives the drawing and the scales.
  function axes(place, xs, ys, names) {
    const width = Math.max(place.clientWidth, 240), height = Math.max(180, Math.min(280, width * 0.6));
    const left = 44, right = 12, top = 24, low = height - 40;
    const x = (value) => tenths(left + (value - xs[0]) / (xs[1] - xs[0] || 1) * (width - left - right));
    const y = (value) => tenths(low - (value - ys[0]) / (ys[1] - ys[0] || 1) * (low - top));
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${tenths(height)}`, width, height: tenths(height) });
    const yStep = step(ys[1] - ys[0], 4), xStep = step(xs[1] - xs[0], width < 450 ? 4 : 7);
    for (let at = Math.ceil(ys[0] / yStep) * yStep; at <= ys[1] * 1.0001; at += yStep) {
      drawing.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(at), y2: y(at) }));
      drawing.append(svg("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end" }, number(at)));
    }
    for (let at = Math.ceil(xs[0] / xStep) * xStep; at <= xs[1] * 1.0001; at += xStep) {
      drawing.append(svg("line", { class: "axis", x1: x(at), x2: x(at), y1: low, y2: low + 4 }));
      drawing.append(svg("text", { x: x(at), y: low + 18, "text-anchor": "middle" }, number(tenths(at))));
    }
    drawing.append(svg("path", { class: "axis", d: `M${left} ${top}V${low}H${width - right}` }));
    drawing.append(svg("text", { x: 4, y: 14 }, names[1]));
    drawing.append(svg("text", { x: width - right, y: height - 4, "text-anchor": "end" }, names[0]));
    return { drawing, x, y, left, right: width - right, top, low };
  }

  function limitLine(chart, limit, name) {
    if (limit === null || chart.y(limit) < chart.top) return;
    chart.drawing.append(svg("line", { class: "limit", x1: chart.left, x2: chart.right, y1: chart.y(limit), y2: chart.y(limit) }));
    chart.drawing.append(svg("text", { class: "limit-name", x: chart.right, y: chart.y(limit) - 5, "text-anchor": "end" }, `${name} ${number(limit)} %`));
  }

  // Rows are arrays: t_s, seconds, [least, mean, most] of the loss, its lower and upper end, …
  function trend(place, charts, span, word) {
    const rows = charts[span].filter((row) => row[2]);
    if (!rows.length) return none(place, word.noChart);
    const from = charts[span][0][0], end = charts[span].at(-1), until = end[0] + end[1];
    const limit = charts.limit_pct;
    const highest = Math.max(...rows.map((row) => row[2][1]));
    // The band may be far wider than the loss; it is cut off where it would press the line flat.
    const top = Math.max(highest * 1.2, Math.min(Math.max(...rows.map((row) => row[4] ?? 0)), highest * 2.5), limit ? limit * 1.4 : 0, 0.1);
    const chart = axes(place, [0, Math.max((until - from) / 60, 1)], [0, top], [word.minutes, word.loss]);
    const at = (row) => chart.x((row[0] + row[1] / 2 - from) / 60);
    const cut = (value) => chart.y(Math.min(value, top));
    // A gap in cutting is a gap in the line.
    const runs = [];
    for (const row of charts[span]) {
      if (!row[2]) runs.push([]);
      else (runs.at(-1) || runs[runs.push([]) - 1]).push(row);
    }
    for (const run of runs.filter((run) => run.length)) {
      const band = run.filter((row) => row[3] !== null && row[4] !== null);
      if (band.length > 1) {
        const points = [...band.map((row) => `${at(row)},${cut(row[4])}`), ...band.map((row) => `${at(row)},${cut(row[3])}`).reverse()];
        chart.drawing.append(svg("polygon", { class: "band", points: points.join(" ") }));
      }
      if (run.length > 1) chart.drawing.append(svg("polyline", { class: "line", points: run.map((row) => `${at(row)},${cut(row[2][1])}`).join(" ") }));
      else chart.drawing.append(svg("circle", { class: "dot", cx: at(run[0]), cy: cut(run[0][2][1]), r: 3 }));
    }
    limitLine(chart, limit, word.limit);
    place.replaceChildren(chart.drawing);
  }

  function feed(place, charts, word) {
    const { cells, law } = charts.feed;
    if (!cells.length) return none(place, word.noChart);
    const highest = Math.max(...cells.map((cell) => cell.rear_pct));
    const top = Math.max(highest * 1.3, Math.min(Math.max(...cells.map((cell) => cell.rear_hi_pct)), highest * 2.5), 0.1);
    const most = cells.at(-1).feed_kg_s + charts.feed.cell_kg_s;
    const least = Math.max(0, cells[0].feed_kg_s - charts.feed.cell_kg_s);
    // What the header loses is taken off: the limit is of the whole loss, and this is the loss behind the machine.
    const rest = charts.limit_pct === null || charts.feed.header_pct === null ? null : charts.limit_pct - charts.feed.header_pct;
    const limit = rest !== null && rest > 0 ? rest : null;
    const chart = axes(place, [least, most], [0, Math.max(top, limit ? limit * 1.3 : 0)], [word.feed, word.rear]);
    const high = Math.max(top, limit ? limit * 1.3 : 0);
    for (const cell of cells) {
      const x = chart.x(cell.feed_kg_s);
      chart.drawing.append(svg("line", { class: "bar", x1: x, x2: x, y1: chart.y(Math.min(cell.rear_hi_pct, high)), y2: chart.y(cell.rear_lo_pct) }));
    }
    if (law) {
      const points = [];
      for (let n = 0; n <= 40; n++) {
        const at = least + (most - least) * n / 40, loss = law.at_mean_pct * (at / law.mean_feed_kg_s) ** law.exponent;
        if (at > 0 && loss <= high) points.push(`${chart.x(at)},${chart.y(loss)}`);
      }
      chart.drawing.append(svg("polyline", { class: "law", points: points.join(" ") }));
    }
    for (const cell of cells)
      chart.drawing.append(svg("circle", { class: "dot", cx: chart.x(cell.feed_kg_s), cy: chart.y(cell.rear_pct), r: tenths(Math.min(8, 3 + Math.sqrt(cell.seconds) / 8)) }));
    for (const pan of charts.map.pans)
      if (pan.kind === "rear" && pan.loss_pct !== null && pan.feed_kg_s !== null && pan.loss_pct <= high && pan.feed_kg_s >= least && pan.feed_kg_s <= most)
        chart.drawing.append(svg("circle", { class: pan.state === "used" ? "pan used" : "pan", cx: chart.x(pan.feed_kg_s), cy: chart.y(pan.loss_pct), r: 5 }));
    limitLine(chart, limit, word.limitRest);
    place.replaceChildren(chart.drawing);
  }

  // Rows are arrays: t_s, east_m, north_m, loss_pct, mean_pct, width_m, flags (1 cutting, 2 turning, 4 cut in the turn, 8 after a gap).
  function map(place, charts, word) {
    const track = charts.map.track.filter((row) => row[1] !== null && row[2] !== null);
    if (track.length < 2) return none(place, word.noMap);
    const bounds = (n) => [Math.min(...track.map((row) => row[n])), Math.max(...track.map((row) => row[n]))];
    const [east, north] = [bounds(1), bounds(2)];
    const width = Math.max(place.clientWidth, 240), edge = 22, legend = 46;
    const across = Math.max(east[1] - east[0], 20), along = Math.max(north[1] - north[0], 20);
    const scale = Math.min((width - 2 * edge) / across, (width * 0.9 - 2 * edge) / along);
    const height = along * scale + 2 * edge + legend;
    const shift = (width - across * scale) / 2;
    const x = (value) => tenths(shift + (value - east[0]) * scale), y = (value) => tenths(edge + (north[1] - value) * scale);
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${tenths(height)}`, width, height: tenths(height) });
    const losses = track.map((row) => row[4] ?? row[3]).filter((loss) => loss !== null);
    const whole = charts.limit_pct ?? Math.max(0.1, ...losses) / 1.5;
    const colour = (row) => {
      const loss = row[4] ?? row[3];
      if (!(row[6] & 1) || loss === null) return "idle";
      const place = STEPS.findIndex((share) => loss < share * whole);
      return `c${place < 0 ? STEPS.length : place}`;
    };
    // One path for each colour: what lies between two points has the colour of the later one.
    const paths = new Map();
    for (let n = 1; n < track.length; n++) {
      if (track[n][6] & 8) continue;
      const of = colour(track[n]);
      paths.set(of, `${paths.get(of) || ""}M${x(track[n - 1][1])} ${y(track[n - 1][2])}L${x(track[n][1])} ${y(track[n][2])}`);
    }
    const cut = Math.max(2, Math.min(14, (charts.map.width_m ?? 4) * scale * 0.85));
    for (const name of ["idle", "c0", "c1", "c2", "c3", "c4"])
      if (paths.has(name)) drawing.append(svg("path", { class: name, d: paths.get(name), "stroke-width": name === "idle" ? 1 : tenths(cut), "stroke-linecap": "round" }));
    for (const alarm of charts.map.alarms.filter((alarm) => alarm.place)) {
      const [ax, ay] = [x(alarm.place.east_m), y(alarm.place.north_m)];
      drawing.append(svg("path", { class: "raised", d: `M${ax} ${ay - 7}L${ax + 7} ${ay + 6}H${ax - 7}Z` }));
    }
    for (const pan of charts.map.pans.filter((pan) => pan.place))
      drawing.append(svg("circle", { class: pan.state === "used" ? "pan used" : "pan", cx: x(pan.place.east_m), cy: y(pan.place.north_m), r: 5 }));
    const here = charts.map.here;
    if (here && here.place) {
      const heading = here.heading_deg ?? 0;
      drawing.append(svg("path", { class: "here", d: "M0 -11L8 9L0 5L-8 9Z", transform: `translate(${x(here.place.east_m)} ${y(here.place.north_m)}) rotate(${tenths(heading)})` }));
    }
    // North, scale, and what the colours say.
    drawing.append(svg("text", { x: width - 6, y: 16, "text-anchor": "end" }, `↑ ${word.north}`));
    const length = step(across, 4);
    const base = height - legend + 4;
    drawing.append(svg("path", { class: "axis", d: `M4 ${tenths(base - 5)}v5h${tenths(length * scale)}v-5` }));
    drawing.append(svg("text", { x: tenths(10 + length * scale), y: tenths(base) }, `${number(length)} m`));
    const part = (width - 8) / (STEPS.length + 1);
    for (let n = 0; n <= STEPS.length; n++) {
      drawing.append(svg("rect", { class: `key${n}`, x: tenths(4 + n * part), y: tenths(height - 30), width: tenths(part - 2), height: 10 }));
      if (n < STEPS.length) drawing.append(svg("text", { x: tenths(4 + (n + 1) * part), y: tenths(height - 5), "text-anchor": "middle" }, number(STEPS[n] * whole)));
    }
    drawing.append(svg("text", { x: 4, y: tenths(height - 5) }, "%"));
    place.replaceChildren(drawing);
  }

  return { bar, trend, feed, map };
})();

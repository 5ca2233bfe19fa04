'use strict';
// The figures come as whole numbers, one row for each day, township, co-op, machine and crop; what is shown is added up here
// from those, and each ratio is made once, at the end. Crops are never added together.

/** Sums of the columns that can be added; known_* and the loss are of sessions with a known loss. */
const SUMMED = ['sessions', 'sessions_known', 'cutting_s', 'area_dm2', 'grain_g', 'loss_dg', 'loss_lo_dg', 'loss_hi_dg',
  'known_grain_g', 'known_area_dm2', 'model_only', 'sensed', 'calibrated', 'fault', 'turning_cuts', 'luggings', 'alarms'];

/** The rows of an answer as objects. */
function objects(answer) {
  return answer.rows.map((row) => Object.fromEntries(answer.columns.map((name, at) => [name, row[at]])));
}

/** The sums of rows; a loss that is unknown everywhere stays null. */
function sums(rows) {
  const sum = { machines: new Set(), limits: new Set() };
  for (const name of SUMMED) sum[name] = null;
  for (const row of rows) {
    for (const name of SUMMED) if (row[name] !== null && row[name] !== undefined) sum[name] = (sum[name] ?? 0) + row[name];
    if (row.device) sum.machines.add(row.device);
    sum.limits.add(row.limit_ppm ?? null);
  }
  return sum;
}

/** The loss in per cent of the grain that came in, with the ends of its 90 % interval; null when unknown. */
function percent(sum) {
  if (sum.loss_dg === null || !sum.known_grain_g) return null;
  const of = (dg) => dg === null ? null : Math.min(100, dg / (sum.known_grain_g * 10) * 100);
  return { value: of(sum.loss_dg), lo: of(sum.loss_lo_dg), hi: of(sum.loss_hi_dg) };
}

/** The limit in per cent that holds for all of the rows; null when they have several, or none. */
function limitOf(sum) {
  const all = [...sum.limits];
  return all.length === 1 && all[0] !== null ? all[0] / 10000 : null;
}

/** The verdict on a loss beside a limit: as on the screen and in the report of the cab (75 % make it likely). */
function verdict(loss, limit) {
  if (loss === null || limit === null || loss.lo === null || loss.hi === null) return null;
  if (loss.hi <= limit) return 'below';
  if (loss.lo > limit) return 'above';
  if (loss.lo <= 0) return 'cannot-tell';
  const middle = 0.5 * (Math.log(loss.lo) + Math.log(loss.hi));
  const half = 0.5 * (Math.log(loss.hi) - Math.log(loss.lo));
  const off = Math.log(limit) - middle;
  const likely = 0.674490 / 1.644854 * half;
  if (off <= -likely) return 'probably-above';
  return off >= likely ? 'probably-below' : 'cannot-tell';
}

if (typeof module !== 'undefined') module.exports = { objects, sums, percent, limitOf, verdict };
if (typeof document !== 'undefined') start();

function start() {
  const data = JSON.parse(document.getElementById('data').textContent);
  const w = data.words;
  const byId = (id) => document.getElementById(id);
  const rows = objects(data.rows), drivers = objects(data.drivers), fields = objects(data.fields);
  const machines = new Map(objects(data.machines).map((m) => [m.device, m]));
  const crops = new Map(data.crops);
  const areaOf = (crop) => rows.filter((r) => r.crop === crop).reduce((sum, r) => sum + (r.area_dm2 ?? 0), 0);
  const known = [...new Set(rows.map((r) => r.crop))].sort((a, b) => areaOf(b) - areaOf(a));
  const days = [...new Set(rows.map((r) => r.day))].sort();
  const state = { crop: known[0] ?? null, from: days[0] ?? '', to: days[days.length - 1] ?? '', region: '', township: '', co_op: '',
    group: 'township', sort: 'percent', down: true, all: false };

  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    if (text !== null && text !== undefined) made.textContent = text;
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const number = (value, decimals) => value === null || value === undefined ? w.unknown
    : value.toLocaleString(data.lang === 'zh' ? 'zh-CN' : 'en-GB', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const mu = (dm2) => dm2 === null ? null : dm2 / 100 / (10000 / 15);
  const band = (loss) => loss === null ? w.unknown
    : `${number(loss.value, 2)} % (${number(loss.lo, 2)}–${number(loss.hi, 2)})`;
  const machine = (device) => {
    const found = machines.get(device);
    return found?.plate ?? found?.name ?? device;
  };
  const date = (seconds) => seconds === null ? w.never : new Date(seconds * 1000 + data.zone_s * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const words = (key) => w[key] ?? key;

  function chosen(list) {
    return list.filter((r) => r.crop === state.crop && r.day >= state.from && r.day <= state.to
      && (!state.region || r.region === state.region)
      && (!state.township || (r.township ?? '') === (state.township === '-' ? '' : state.township))
      && (!state.co_op || (r.co_op ?? '') === (state.co_op === '-' ? '' : state.co_op)));
  }

  // ---- filters
  function filters() {
    const form = byId('filters');
    const select = (key, label, values) => {
      const field = element('select', null, { name: key });
      for (const [value, text] of values) field.append(element('option', text, { value }));
      field.value = state[key];
      field.addEventListener('change', () => { state[key] = field.value; show(); });
      const box = element('label', label);
      box.append(field);
      form.append(box);
    };
    const choices = (key) => {
      const all = [...new Set(rows.map((r) => r[key] ?? ''))].sort((a, b) => a.localeCompare(b, data.lang));
      return [['', w.all], ...all.map((value) => [value === '' ? '-' : value, value === '' ? w.not_entered : value])];
    };
    select('crop', w.crop, known.map((crop) => [crop, crops.get(crop) ?? crop]));
    for (const key of ['from', 'to']) {
      const field = element('input', null, { type: 'date', name: key, min: days[0] ?? '', max: days[days.length - 1] ?? '' });
      field.value = state[key];
      field.addEventListener('change', () => { state[key] = field.value || (key === 'from' ? days[0] : days[days.length - 1]); show(); });
      const box = element('label', w[key]);
      box.append(field);
      form.append(box);
    }
    if (new Set(rows.map((r) => r.region)).size > 1) select('region', w.region, choices('region'));
    select('township', w.township, choices('township'));
    select('co_op', w.co_op, choices('co_op'));
    form.addEventListener('submit', (event) => event.preventDefault());
  }

  // ---- sums
  function cards() {
    const sum = sums(chosen(rows)), loss = percent(sum), limit = limitOf(sum), found = verdict(loss, limit);
    const kg = (dg) => dg === null ? null : dg / 10000;
    const shown = [
      [w.area, sum.area_dm2 === null ? w.unknown : `${number(mu(sum.area_dm2), 1)} ${w.mu}`],
      [w.hours, sum.cutting_s === null ? w.unknown : `${number(sum.cutting_s / 3600, 1)} h`],
      [w.grain, sum.grain_g === null ? w.unknown : `${number(sum.grain_g / 1e6, 1)} t`],
      [w.loss, loss === null ? w.unknown : `${number(loss.value, 2)} %`],
      [w.interval, loss === null ? w.unknown : `${number(loss.lo, 2)}–${number(loss.hi, 2)} %`],
      [w.loss_kg, sum.loss_dg === null ? w.unknown : `${number(kg(sum.loss_dg), 0)} kg`],
      [w.machines, number(sum.machines.size, 0)],
      [w.sessions, `${number(sum.sessions ?? 0, 0)} (${w.sessions_known} ${number(sum.sessions_known ?? 0, 0)})`],
    ];
    byId('cards').replaceChildren(...shown.map(([name, value]) => {
      const card = element('div', null, { class: 'card' });
      card.append(element('b', value), element('span', name));
      return card;
    }));
    const text = limit === null ? (sum.limits.size > 1 ? w.several_limits : w.no_limit)
      : `${w.limit} ${number(limit, 1)} %: ${found === null ? w.unknown : words('verdict-' + found)}`;
    byId('verdict').textContent = text;
    byId('verdict').className = found === 'above' ? 'above' : '';
  }

  // ---- tables
  const classOf = (isText) => isText === 'date' ? 'date' : isText ? 'text' : 'number';
  function table(place, heads, list, sortable) {
    if (list.length === 0) return place.replaceChildren(element('p', w.none, { class: 'note' }));
    const made = element('table'), head = element('tr');
    for (const [key, name, isText] of heads) {
      const cell = element('th', sortable ? null : name, { scope: 'col', class: classOf(isText) });
      if (sortable) {
        const sorted = state.sort === key;
        cell.setAttribute('aria-sort', sorted ? (state.down ? 'descending' : 'ascending') : 'none');
        const button = element('button', name + (sorted ? (state.down ? ' ▼' : ' ▲') : ''), { type: 'button', 'data-sort': key });
        button.addEventListener('click', () => {
          state.down = state.sort === key ? !state.down : !isText;
          state.sort = key;
          show();
          document.querySelector(`[data-sort="${key}"]`)?.focus();
        });
        cell.append(button);
      }
      head.append(cell);
    }
    const body = element('tbody');
    for (const line of list) {
      const row = element('tr');
      line.forEach((value, at) => {
        const isText = heads[at][2];
        const cell = element(at === 0 ? 'th' : 'td', value?.text ?? value, { class: classOf(isText) });
        if (at === 0) cell.setAttribute('scope', 'row');
        if (value?.above) cell.classList.add('above');
        row.append(cell);
      });
      body.append(row);
    }
    const top = element('thead');
    top.append(head);
    made.append(top, body);
    place.replaceChildren(made);
  }

  const MOST_ROWS = 200;
  function groups() {
    const place = byId('groups');
    place.replaceChildren(...['township', 'co_op', 'device', 'driver', 'day'].map((key) => {
      const button = element('button', w['by_' + key], { type: 'button', 'aria-pressed': String(state.group === key), 'data-group': key });
      button.addEventListener('click', () => { state.group = key; state.all = false; show(); document.querySelector(`[data-group="${key}"]`)?.focus(); });
      return button;
    }));
    const byKey = new Map();
    for (const row of chosen(state.group === 'driver' ? drivers : rows)) {
      const key = row[state.group] ?? '';
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(row);
    }
    const lines = [...byKey].map(([key, list]) => {
      const sum = sums(list), loss = percent(sum), limit = limitOf(sum);
      const name = key === '' ? w.not_entered : state.group === 'device' ? machine(key) : key;
      const hours = sum.cutting_s === null ? null : sum.cutting_s / 3600;
      const per = (n) => n === null || !hours ? null : n / hours;
      return { name, key, area: mu(sum.area_dm2), hours, grain: sum.grain_g === null ? null : sum.grain_g / 1e6, loss,
        percent: loss?.value ?? null, kg_mu: sum.loss_dg === null || !sum.known_area_dm2 ? null : sum.loss_dg / 10000 / mu(sum.known_area_dm2),
        verdict: verdict(loss, limit), limit, machines: sum.machines.size, turning: per(sum.turning_cuts), lugging: per(sum.luggings),
        alarms: per(sum.alarms), sum };
    });
    const order = { below: 0, 'probably-below': 1, 'cannot-tell': 2, 'probably-above': 3, above: 4 };
    const of = (line) => state.sort === 'verdict' ? (line.verdict === null ? null : order[line.verdict])
      : state.sort === 'basis' ? (line.sum.calibrated ?? 0) / (line.sum.sessions_known || 1) : line[state.sort];
    lines.sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      if (x === null || x === undefined || y === null || y === undefined) return (x === null || x === undefined) - (y === null || y === undefined) || a.name.localeCompare(b.name, data.lang);
      const found = typeof x === 'string' ? x.localeCompare(y, data.lang) : x - y;
      return (state.down ? -found : found) || a.name.localeCompare(b.name, data.lang);
    });
    const basis = (sum) => ['calibrated', 'sensed', 'model_only', 'fault'].filter((key) => sum[key] > 0)
      .map((key) => `${w['basis_' + key]} ${sum[key]}`).join(' · ') || w.unknown;
    const heads = [['name', w['by_' + state.group], true], ['area', `${w.area} ${w.mu}`], ['hours', `${w.hours} h`], ['grain', `${w.grain} t`],
      ['percent', `${w.loss} % (90 %)`], ['kg_mu', `${w.loss_kg} kg/${w.mu}`], ['verdict', w.verdict, true], ['basis', w.basis, true],
      ['turning', `${w.turning_cuts} /h`], ['lugging', `${w.luggings} /h`], ['alarms', `${w.alarms} /h`]];
    const shown = state.all ? lines : lines.slice(0, MOST_ROWS);
    table(byId('table'), heads, shown.map((line) => [line.name, number(line.area, 1), number(line.hours, 1), number(line.grain, 1), band(line.loss),
      number(line.kg_mu, 2), { text: line.verdict === null ? (line.limit === null ? w.no_limit_short : w.unknown) : words('verdict-' + line.verdict), above: line.verdict === 'above' },
      basis(line.sum), number(line.turning, 1), number(line.lugging, 1), number(line.alarms, 1)]), true);
    if (lines.length > shown.length) {
      const more = element('button', `${w.show_all} (${lines.length})`, { type: 'button' });
      more.addEventListener('click', () => { state.all = true; show(); });
      byId('table').append(more);
    }
  }

  // ---- map: fields as rectangles, north up, coloured by loss; the limit is in the middle of the scale
  const SCALE = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  function colour(share) {
    const place = Math.max(0, Math.min(1, share)) * (SCALE.length - 1), at = Math.min(SCALE.length - 2, Math.floor(place));
    const mixed = SCALE[at].map((from, i) => Math.round(from + (SCALE[at + 1][i] - from) * (place - at)));
    return `rgb(${mixed.join(',')})`;
  }
  let spots = [];
  function map() {
    const canvas = byId('map'), context = canvas.getContext('2d');
    const size = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    canvas.width = size.width * ratio;
    canvas.height = size.height * ratio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, size.width, size.height);
    const list = chosen(fields).filter((f) => f.south_e7 !== null);
    spots = [];
    byId('spot').textContent = list.length === 0 ? w.no_positions : w.map_hint;
    if (list.length === 0) { canvas.setAttribute('aria-label', w.no_positions); byId('legend').textContent = ''; return; }
    const least = (key) => list.reduce((found, f) => Math.min(found, f[key]), Infinity);
    const most = (key) => list.reduce((found, f) => Math.max(found, f[key]), -Infinity);
    const [south, north, west, east] = [least('south_e7'), most('north_e7'), least('west_e7'), most('east_e7')];
    const wide = Math.cos((south + north) / 2e7 * Math.PI / 180), edge = 24;
    const scale = Math.min((size.width - 2 * edge) / Math.max(1, (east - west) * wide), (size.height - 2 * edge) / Math.max(1, north - south));
    const limits = [...new Set(list.map((f) => f.limit_ppm))];
    const limit = limits.length === 1 && limits[0] !== null ? limits[0] / 10000 : null;
    const losses = list.map((f) => percent(f)?.value).filter((v) => v !== undefined);
    const top = limit === null ? Math.max(0.1, ...losses.slice(0, 50000)) : 2 * limit;
    const shift = [(size.width - (east - west) * wide * scale) / 2, (size.height - (north - south) * scale) / 2];
    for (const f of list) {
      const x = shift[0] + (f.west_e7 - west) * wide * scale, y = shift[1] + (north - f.north_e7) * scale;
      const width = Math.max(5, (f.east_e7 - f.west_e7) * wide * scale), height = Math.max(5, (f.north_e7 - f.south_e7) * scale);
      const loss = percent(f);
      context.fillStyle = loss === null ? '#fff' : colour(loss.value / top);
      context.strokeStyle = '#555';
      context.fillRect(x, y, width, height);
      context.strokeRect(x, y, width, height);
      spots.push({ x, y, width, height, f, loss });
    }
    const metres = 0.0111319 / scale, wish = metres * size.width / 4, power = 10 ** Math.floor(Math.log10(wish));
    const length = [5, 2, 1].map((n) => n * power).find((n) => n <= wish) ?? power;
    context.fillStyle = '#1b1f1a';
    context.fillRect(edge / 2, size.height - 10, length / metres, 3);
    context.font = '12px sans-serif';
    context.fillText(length >= 1000 ? `${length / 1000} km` : `${length} m`, edge / 2, size.height - 14);
    context.fillText('N ↑', size.width - 34, 16);
    canvas.setAttribute('aria-label', `${list.length} ${w.fields}`);
    const bar = element('canvas', null, { id: 'bar', role: 'img', 'aria-label': w.scale });
    bar.width = 192; bar.height = 14;
    const paint = bar.getContext('2d');
    for (let x = 0; x < 192; x += 1) { paint.fillStyle = colour(x / 191); paint.fillRect(x, 0, 1, 14); }
    if (limit !== null) { paint.fillStyle = '#fff'; paint.fillRect(94, 0, 4, 14); paint.fillStyle = '#000'; paint.fillRect(95, 0, 2, 14); }
    byId('legend').replaceChildren('0 % ', bar, ` ≥ ${number(top, 1)} %` + (limit === null ? '' : ` · ${w.limit} ${number(limit, 1)} %`));
  }
  function point(x, y) {
    const found = spots.findLast((s) => x >= s.x - 3 && x <= s.x + s.width + 3 && y >= s.y - 3 && y <= s.y + s.height + 3);
    return found && say(found);
  }
  function say(spot) {
    const { f, loss } = spot;
    byId('spot').textContent = [f.day, f.township ?? w.not_entered, machine(f.device), `${number(mu(f.area_dm2), 1)} ${w.mu}`,
      `${w.loss} ${band(loss)}`, words('verdict-' + (verdict(loss, f.limit_ppm === null ? null : f.limit_ppm / 10000) ?? 'none'))].join(' · ');
  }
  let at = -1;
  function mapEvents() {
    const canvas = byId('map');
    canvas.addEventListener('click', (event) => point(event.offsetX, event.offsetY));
    canvas.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step === undefined || spots.length === 0) return;
      event.preventDefault();
      at = (at + step + spots.length) % spots.length;
      say(spots[at]);
    });
    let waiting = 0;
    window.addEventListener('resize', () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(map); });
  }

  // ---- when each machine was last heard of: by packets and by MQTT
  const by = (row) => row.seen_by === null ? w.unknown : words('by-' + row.seen_by);
  function seen(list, all) {
    const line = (row) => {
      const loss = row.session_ppm === null ? null
        : { value: row.session_ppm / 10000, lo: row.session_lo_ppm / 10000, hi: row.session_hi_ppm / 10000 };
      const limit = row.limit_ppm === null ? null : row.limit_ppm / 10000;
      const alarm = row.alarm === null ? '' : `${words('alarm-' + row.alarm).replace(/^alarm-/, '')} ${date(row.alarm_s)}`;
      const connection = row.is_online === null ? w.unknown : row.is_online === 1 ? w.online : w.offline;
      return [row.plate ?? row.name ?? row.device, row.co_op ?? w.not_entered, row.township ?? w.not_entered, date(row.seen_s), by(row),
        connection + (row.clock_ahead_s === null ? '' : `, ${w.clock_ahead} ${number(row.clock_ahead_s / 60, 0)}`), row.activity === null ? w.unknown : words('activity-' + row.activity),
        row.crop === null ? w.unknown : crops.get(row.crop) ?? row.crop, { text: band(loss), above: verdict(loss, limit) === 'above' },
        alarm, number(row.blocks_waiting, 0)];
    };
    const place = byId('seen');
    table(place, [['', w.by_device, true], ['', w.co_op, true], ['', w.township, true], ['', w.seen_at, 'date'], ['', w.seen_by, true], ['', w.connection, true],
      ['', w.activity, true], ['', w.crop, true], ['', `${w.session_loss} % (90 %)`], ['', w.last_alarm, true], ['', w.blocks_waiting]],
      (all ? list : list.slice(0, MOST_ROWS)).map(line));
    if (!all && list.length > MOST_ROWS) {
      const more = element('button', `${w.show_all} (${list.length})`, { type: 'button' });
      more.addEventListener('click', () => seen(list, true));
      place.append(more);
    }
  }

  // ---- what needs no sums
  function lists() {
    // Only who has work on both sides of the day is compared.
    const training = objects(data.training).map((row, at) => ({ ...row, verdict: data.training_verdicts[at] }))
      .filter((row) => row.before_sessions > 0 && row.after_sessions > 0);
    const side = (row, name) => percent({ loss_dg: row[name + '_loss_dg'], loss_lo_dg: row[name + '_loss_lo_dg'], loss_hi_dg: row[name + '_loss_hi_dg'], known_grain_g: row[name + '_grain_g'] });
    const faults = (row, name) => row[name + '_cutting_s'] ? number(row[name + '_faults'] / (row[name + '_cutting_s'] / 3600), 1) : w.unknown;
    table(byId('training'), [['', w.by_driver, true], ['', w.co_op, true], ['', w.trained, 'date'], ['', w.crop, true], ['', w.basis, true], ['', `${w.before} %`], ['', `${w.after} %`], ['', w.change, true], ['', `${w.before} ${w.faults} /h`], ['', `${w.after} ${w.faults} /h`]],
      training.map((row) => {
        const [before, after] = [side(row, 'before'), side(row, 'after')];
        return [row.driver, row.co_op ?? w.not_entered, row.trained_day, crops.get(row.crop) ?? row.crop, words('basis-' + (row.basis ?? 'unknown')),
          band(before), band(after), words('change-' + row.verdict), faults(row, 'before'), faults(row, 'after')];
      }));
    const findings = objects(data.findings);
    table(byId('findings'), [['', w.day, 'date'], ['', w.by_device, true], ['', w.by_driver, true], ['', w.township, true], ['', w.rule, true], ['', w.state, true], ['', w.value], ['', w.allowed]],
      findings.map((row) => [row.day, row.plate ?? machine(row.device), row.operator ?? w.not_entered, row.township ?? w.not_entered, (w['rule-' + row.rule] ?? row.rule), (w['state-' + row.state] ?? row.state), number(row.value_e6 / 1e6, 2), number(row.above_e6 / 1e6, 2)]));
    const missing = objects(data.missing);
    table(byId('missing'), [['', w.by_device, true], ['', w.co_op, true], ['', w.township, true], ['', w.last_seen, 'date'], ['', w.seen_at, 'date'], ['', w.seen_by, true]],
      missing.map((row) => [row.plate ?? row.name ?? row.device, row.co_op ?? w.not_entered, row.township ?? w.not_entered, date(row.last_seen_s), date(row.seen_s), by(row)]));
    seen(objects(data.seen).sort((a, b) => (b.seen_s ?? -1) - (a.seen_s ?? -1)), false);
    const points = objects(data.points);
    table(byId('points'), [['', w.day, 'date'], ['', w.township, true], ['', w.by_device, true], ['', w.crop, true], ['', `${w.measured} %`], ['', `${w.sensor} %`], ['', w.basis, true]],
      points.map((row) => [row.day, row.township ?? w.not_entered, machine(row.device), crops.get(row.crop) ?? row.crop, row.measured_ppm === null ? w.unknown : number(row.measured_ppm / 10000, 2),
        band(percent({ loss_dg: row.sensor_loss_dg, loss_lo_dg: row.sensor_loss_lo_dg, loss_hi_dg: row.sensor_loss_hi_dg, known_grain_g: row.sensor_grain_g })), words('basis-' + (row.basis ?? 'unknown'))]));
    byId('notes').replaceChildren(...w.notes.map((note) => element('li', note)));
    byId('made').textContent = `${w.made} ${date(data.made_s)} · ${w.zone} ${data.zone}`;
  }

  function show() {
    cards();
    groups();
    map();
  }
  const address = new URL(location.href);
  if (address.searchParams.has('t')) {
    address.searchParams.delete('t');
    history.replaceState(null, '', address);
  }
  filters();
  mapEvents();
  lists();
  show();
}

'use strict';
// Shows the run that stands in #data. Texts of tests enter by textContent alone: they are never markup.
const run = JSON.parse(document.getElementById('data').textContent);
const ROW = 28;          // pixels, as in the style
const ROWS_AROUND = 10;  // rendered above and below what is seen
const LANE_MAX = 14;
const FILES_OPEN_MAX = 10;
const at = (id) => document.getElementById(id);

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

function time(ms) {
  if (ms < 1000) return Math.round(ms) + ' ms';
  if (ms < 60000) return (ms / 1000).toFixed(2) + ' s';
  return Math.floor(ms / 60000) + ' m ' + Math.round((ms % 60000) / 1000) + ' s';
}

function size(bytes) {
  if (bytes < 1024) return bytes + (bytes === 1 ? ' byte' : ' bytes');
  return bytes < 1048576 ? Math.round(bytes / 1024) + ' KiB' : (bytes / 1048576).toFixed(1) + ' MiB';
}

// The class that gives an outcome its colour.
function look(test) {
  if (test.outcome === 'llm_miss') return 'missed';
  if (test.red) return 'red';
  if (test.outcome === 'passed') return 'passed';
  return test.outcome === 'flaky' || test.outcome === 'xpassed' ? 'flaky' : 'skipped';
}

const lasted = (test) => test.attempts.reduce((sum, attempt) => sum + attempt.ms, 0);
const weight = (test) => (test.red ? 0 : test.outcome === 'flaky' ? 1 : 2);
const orders = {
  red: (a, b) => weight(a) - weight(b) || a.place - b.place,
  slow: (a, b) => lasted(b) - lasted(a) || a.place - b.place,
  name: (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  list: (a, b) => a.place - b.place,
};
run.tests.forEach((test, place) => {
  test.place = place;
  test.text = [test.id, test.file, test.reason, test.outcome].join('\n').toLowerCase();
});

const state = { shown: [], chosen: null, outcomes: new Set() };

// ---- the list: only the rows that can be seen are elements

function renderRows() {
  const list = at('list');
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - ROWS_AROUND);
  const last = Math.min(state.shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + ROWS_AROUND);
  const rows = [];
  for (let i = first; i < last; i++) {
    const test = state.shown[i];
    const row = make('div', { className: 'row', id: 'test-' + test.place, title: test.reason },
      make('span', { className: 'outcome ' + look(test), textContent: test.outcome }),
      make('span', { className: 'name', textContent: test.id }),
      make('span', { className: 'time', textContent: time(lasted(test)) }));
    row.setAttribute('role', 'option');
    row.setAttribute('aria-selected', String(test === state.chosen));
    row.setAttribute('aria-posinset', String(i + 1));
    row.setAttribute('aria-setsize', String(state.shown.length));
    row.style.top = i * ROW + 'px';
    row.dataset.place = String(test.place);
    rows.push(row);
  }
  at('rows').replaceChildren(...rows);
  if (state.chosen) list.setAttribute('aria-activedescendant', 'test-' + state.chosen.place);
}

function applyFilters() {
  const words = at('filter').value.toLowerCase().split(/\s+/).filter(Boolean);
  const suite = at('suite').value;
  state.shown = run.tests.filter((test) =>
    (!suite || test.suite === suite) &&
    (state.outcomes.size === 0 || state.outcomes.has(test.outcome)) &&
    words.every((word) => test.text.includes(word)));
  state.shown.sort(orders[at('order').value]);
  at('rows').style.height = state.shown.length * ROW + 'px';
  at('shown').textContent = state.shown.length + ' of ' + run.tests.length;
  at('list').scrollTop = 0;
  if (!state.shown.includes(state.chosen)) choose(state.shown[0] || null);
  else choose(state.chosen);
  drawSoon();
}

function choose(test) {
  state.chosen = test;
  const list = at('list');
  const place = state.shown.indexOf(test);
  if (place >= 0) {
    if (place * ROW < list.scrollTop) list.scrollTop = place * ROW;
    const below = (place + 1) * ROW - list.clientHeight;
    if (below > list.scrollTop) list.scrollTop = below;
  }
  renderRows();
  renderDetails(test);
}

function step(by) {
  if (state.shown.length === 0) return;
  const place = state.shown.indexOf(state.chosen);
  choose(state.shown[Math.min(state.shown.length - 1, Math.max(0, place + by))]);
}

// ---- one test

function conversation(calls, total) {
  const talk = make('ol', { className: 'talk' });
  for (const call of calls) {
    const miss = call.outcome === 'miss';
    const item = make('li', {},
      make('div', { className: 'call', textContent: [call.seq + '.', call.endpoint, call.model].join(' ') }),
      make('div', { className: 'said', textContent: call.asked }));
    if (miss) {
      item.append(make('div', { className: 'answered miss', textContent: 'No fixture matches.' +
        call.nearest.map((line) => '\nnearest ' + line).join('') }));
      if (call.suggestion) {
        item.append(make('details', {}, make('summary', { textContent: 'a fixture that would match' }),
          make('pre', { textContent: call.suggestion })));
      }
    } else {
      item.append(make('div', { className: 'answered', textContent: call.answered || '(no text)' }),
        make('div', { className: 'call', textContent: [call.outcome, call.source, call.status].filter(Boolean).join(' ') }));
    }
    talk.append(item);
  }
  const left = total - calls.length;
  return [make('h3', { textContent: 'LLM conversation (' + total + (total === 1 ? ' call)' : ' calls)') }), talk]
    .concat(left > 0 ? [make('p', { className: 'facts', textContent: left + ' more in journal.jsonl' })] : []);
}

// A file below the report folder, or its name alone: a journal cannot make the page lead elsewhere.
function link(path, text) {
  const parts = path.split('/');
  const inside = /^(shards\/[\d-]+\/)*(logs|artifacts)\/./.test(path) && !parts.some((part) => /^\.{0,2}$/.test(part));
  return inside ? make('a', { href: parts.map(encodeURIComponent).join('/'), textContent: text }) : text;
}

function artifacts({ folder, files, left_out }) {
  const list = make('ul', { className: 'files' }, ...files.map((file) =>
    make('li', {}, link(folder + '/' + file.name, file.name), ' ', make('span', { className: 'facts', textContent: size(file.bytes) }))));
  return [make('details', { open: files.length <= FILES_OPEN_MAX },
    make('summary', { textContent: 'Artifacts (' + files.length + (files.length === 1 ? ' file)' : ' files)') }), list,
    ...(left_out ? [make('p', { className: 'facts', textContent: 'Left out: ' + left_out })] : []))];
}

function attemptBody(attempt) {
  const nodes = [make('p', { className: 'facts', textContent: [time(attempt.ms),
    attempt.cpu > 0 && 'processor ' + time(attempt.cpu), attempt.memory > 0 && 'memory ' + size(attempt.memory),
    attempt.total > 0 && attempt.total + ' LLM calls', attempt.misses > 0 && attempt.misses + ' without a fixture']
    .filter(Boolean).join(' · ') })];
  if (attempt.reason) nodes.push(make('p', { textContent: attempt.reason }));
  for (const failure of attempt.failures) {
    if (failure.file) nodes.push(make('h3', { textContent: failure.file + ':' + failure.line }));
    nodes.push(make('pre', { textContent: failure.text }));
  }
  for (const leak of attempt.leaks) nodes.push(make('p', { textContent: 'left behind: ' + leak }));
  if (attempt.total > 0) nodes.push(...conversation(attempt.calls, attempt.total));
  if (attempt.output) nodes.push(make('h3', { textContent: 'The end of its output' }), make('pre', { textContent: attempt.output }));
  if (attempt.cut) nodes.push(make('p', { className: 'facts', textContent: 'Details are left out here, they stand in journal.jsonl.' }));
  if (attempt.log) nodes.push(make('p', {}, link(attempt.log, attempt.log)));
  if (attempt.artifacts) nodes.push(...artifacts(attempt.artifacts));
  return nodes;
}

function renderDetails(test) {
  const details = at('details');
  if (!test) {
    details.replaceChildren(make('p', { textContent: run.tests.length ? 'No test fits the filter.' : 'There is no test in this run.' }));
    return;
  }
  const nodes = [make('h2', { textContent: test.id }),
    make('p', { className: 'facts' }, make('span', { className: look(test), textContent: test.outcome }),
      test.file ? ' · ' + test.file + (test.line ? ':' + test.line : '') : '')];
  if (test.attempts.length !== 1 && test.reason) nodes.push(make('p', { textContent: test.reason }));
  test.attempts.forEach((attempt, i) => {
    const title = 'attempt ' + attempt.number + ': ' + attempt.outcome;
    nodes.push(test.attempts.length === 1 ? make('section', {}, ...attemptBody(attempt))
      : make('details', { open: i === test.attempts.length - 1 || attempt.outcome !== 'passed' },
        make('summary', { textContent: title }), ...attemptBody(attempt)));
  });
  details.replaceChildren(...nodes);
  details.scrollTop = 0;
}

// ---- the timeline: one lane for each attempt that ran beside others

const bars = [];
let lanes = 0;
function placeBars() {
  const free = [];
  for (const test of run.tests) for (const attempt of test.attempts) bars.push({ test, start: attempt.start, end: attempt.start + attempt.ms });
  bars.sort((a, b) => a.start - b.start);
  for (const bar of bars) {
    let lane = free.findIndex((end) => end <= bar.start);
    if (lane < 0) lane = free.length;
    free[lane] = bar.end;
    bar.lane = lane;
  }
  lanes = Math.max(1, free.length);
}

function scale() {
  const canvas = at('timeline');
  const perMs = canvas.clientWidth / Math.max(run.ms, 1);
  const x = (ms) => ms * perMs;
  return { x, height: Math.min(LANE_MAX, (canvas.clientHeight - LANE_MAX) / lanes) };
}

function drawTimeline() {
  const canvas = at('timeline');
  const ratio = window.devicePixelRatio || 1;
  canvas.width = canvas.clientWidth * ratio;
  canvas.height = canvas.clientHeight * ratio;
  const paint = canvas.getContext('2d');
  paint.scale(ratio, ratio);
  const colours = getComputedStyle(document.documentElement);
  const colour = (name) => colours.getPropertyValue('--' + name);
  const { x, height } = scale();
  paint.fillStyle = colour('line');
  for (const phase of run.phases) paint.fillRect(x(phase.start), 0, Math.max(1, x(phase.end) - x(phase.start)), LANE_MAX - 4);
  const seen = new Set(state.shown);
  const colourOf = Object.fromEntries(['passed', 'red', 'flaky', 'skipped', 'missed'].map((name) => [name, colour(name)]));
  for (const bar of bars) {
    paint.globalAlpha = seen.has(bar.test) ? 1 : 0.15;
    paint.fillStyle = colourOf[look(bar.test)];
    paint.fillRect(x(bar.start), LANE_MAX + bar.lane * height, Math.max(1, x(bar.end) - x(bar.start)), Math.max(1, height - 1));
  }
  canvas.setAttribute('aria-label', 'Timeline: ' + bars.length + ' attempts, at most ' + lanes + ' at a time, ' + time(run.ms));
}

// Once for all keys that were pressed since the last picture.
let drawing = 0;
function drawSoon() {
  cancelAnimationFrame(drawing);
  drawing = requestAnimationFrame(drawTimeline);
}

function barAt(event) {
  const { x, height } = scale();
  const lane = Math.floor((event.offsetY - LANE_MAX) / height);
  return bars.find((bar) => bar.lane === lane && event.offsetX >= x(bar.start) - 2 && event.offsetX <= x(bar.end) + 2);
}

// ---- the rest of the page

function renderHead() {
  document.title = run.verdict + ': ' + run.name;
  at('title').textContent = run.name + ' ' + run.id;
  at('verdict').append(make('strong', { className: run.code === 0 ? 'passed' : 'red', textContent: run.verdict }),
    ' · exit code ' + run.code + ' · ' + run.tests.length + ' tests · ' + time(run.ms) + ' · ' + run.started +
    ' · llm ' + run.llm_mode + (run.shard[1] > 1 ? ' · shard ' + run.shard[0] + ' of ' + run.shard[1] : ''));
  at('reasons').append(...run.reasons.map((reason) => make('li', { textContent: reason })));
  for (const trouble of run.trouble) {
    at('run').append(make('details', {}, make('summary', { textContent: trouble.title }),
      ...(trouble.text ? [make('pre', { textContent: trouble.text })] : []),
      ...(trouble.calls.length ? conversation(trouble.calls, trouble.total) : [])));
  }
  const counts = new Map();
  for (const test of run.tests) counts.set(test.outcome, (counts.get(test.outcome) || 0) + 1);
  for (const [outcome, count] of counts) {
    const button = make('button', { type: 'button', textContent: outcome + ' ' + count });
    button.dataset.outcome = outcome;
    button.setAttribute('aria-pressed', 'false');
    at('outcomes').append(button);
  }
  for (const suite of new Set(run.tests.map((test) => test.suite))) at('suite').append(make('option', { value: suite, textContent: suite }));
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  drawSoon();
}

function onKey(event) {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') {
    if (event.target === at('filter')) { at('filter').value = ''; applyFilters(); }
    at('list').focus();
  } else if (typing && !(event.target === at('filter') && /^(ArrowDown|Enter)$/.test(event.key))) {
    return;
  } else if (typing) {
    at('list').focus();
  } else if (event.key === '/') {
    at('filter').focus();
  } else if (event.key === 'Enter' && event.target === at('list')) {
    at('details').focus();
  } else if (at('details').contains(event.target) || event.target.tagName === 'BUTTON') {
    return;
  } else {
    const page = Math.max(1, Math.floor(at('list').clientHeight / ROW) - 1);
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    at('list').focus();
    step(steps[event.key]);
  }
  event.preventDefault();
}

renderHead();
placeBars();
document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
applyFilters();
at('list').addEventListener('scroll', renderRows, { passive: true });
at('list').addEventListener('click', (event) => {
  const row = event.target.closest('.row');
  if (row) choose(run.tests[Number(row.dataset.place)]);
});
at('filters').addEventListener('input', applyFilters);
at('filters').addEventListener('submit', (event) => event.preventDefault());
at('outcomes').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const on = button.getAttribute('aria-pressed') !== 'true';
  button.setAttribute('aria-pressed', String(on));
  state.outcomes[on ? 'add' : 'delete'](button.dataset.outcome);
  applyFilters();
});
at('timeline').addEventListener('click', (event) => { const bar = barAt(event); if (bar) choose(bar.test); });
at('timeline').addEventListener('mousemove', (event) => { const bar = barAt(event); at('timeline').title = bar ? bar.test.id : ''; });
at('theme').addEventListener('click', () => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => setTheme(event.matches ? 'dark' : 'light'));
window.addEventListener('resize', () => { renderRows(); drawSoon(); });
document.addEventListener('keydown', onKey);

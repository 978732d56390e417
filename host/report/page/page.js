// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The page of a report. What the program knows stands in the element "report" as JSON; everything that is seen is made
// from it here, and only when somebody looks: lists grow by parts, long tables hold the rows that are in sight, a tree
// its opened branches.
//
// Names come from strangers' files. No text ever becomes markup (textContent only), and characters that reorder or hide
// text are shown by their numbers, as in every other format.
'use strict';

const crossheap = (() => {
  const views = new Map();
  const report = JSON.parse(document.getElementById('report').textContent);
  const facts = report.facts;
  const findings = report.findings;

  // ---- text and elements

  const kHidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/gu;
  const number = (c) => (c === '\n' ? '\\n' : c === '\t' ? '\\t' : c.codePointAt(0) < 0x80
    ? '\\x' + c.codePointAt(0).toString(16).padStart(2, '0') : '\\u' + c.codePointAt(0).toString(16).padStart(4, '0'));
  // Text that stays in a line; lines() keeps newlines and tabs.
  const shown = (text) => String(text).replace(kHidden, number);
  const lines = (text) => String(text).replace(kHidden, (c) => (c === '\n' || c === '\t' ? c : number(c)));

  // el('p', {class: 'x'}, 'text', element, ...): strings become text, never markup.
  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (typeof value === 'function') element.addEventListener(name, value);
      else element.setAttribute(name, value === true ? '' : value);
    }
    for (const child of children.flat(3)) {
      if (child === null || child === undefined || child === false) continue;
      element.append(child instanceof Node ? child : document.createTextNode(lines(child)));
    }
    return element;
  }
  const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) =>
    fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
  const name = (text) => el('bdi', {class: 'mono'}, shown(text));
  const count = (n) => Number(n).toLocaleString('en-US');
  const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : 's'}`;
  const tag = (kind, text) => el('span', {class: 'tag ' + kind}, text);
  const base = (path) => String(path).slice(String(path).lastIndexOf('/') + 1) || String(path);

  function section(id, title) {
    const made = el('section', {id, 'aria-labelledby': id + '-title'}, el('h2', {id: id + '-title'}, title));
    document.getElementById('main').append(made);
    document.getElementById('contents').append(el('a', {href: '#' + id}, title));
    return made;
  }

  // A choice of one of several values; `changed` gets the value.
  function choice(label, values, changed, words = (v) => v) {
    const select = el('select', {change: () => changed(values[select.selectedIndex])},
      values.map((value) => el('option', null, shown(words(value)))));
    return el('label', null, label, select);
  }

  // ---- long tables: only the rows in sight are elements

  const kRow = 30;
  const printers = [];

  // columns: [{title, number}]; cell(row, column) answers text or an element. set(rows) shows other rows.
  function grid(label, columns, cell) {
    let rows = [];
    let first = -1;
    const body = el('tbody');
    const box = el('div', {class: 'grid', tabindex: '0', role: 'region', 'aria-label': label + ', table', scroll: () => draw(false)},
      el('table', null, el('thead', null, el('tr', null,
        columns.map((c) => el('th', {scope: 'col', class: c.number ? 'number' : null}, c.title)))), body));
    const filler = (n) => el('tr', {class: 'filler', 'aria-hidden': 'true', style: `height:${n * kRow}px`},
      el('td', {colspan: columns.length, style: `height:${n * kRow}px`}));
    const row = (index) => el('tr', null, columns.map((c, i) => {
      const value = cell(rows[index], i);
      return el('td', {class: c.number ? 'number' : null, title: typeof value === 'string' ? shown(value) : null},
        value instanceof Node ? value : shown(value));
    }));
    function draw(always) {
      const from = Math.max(0, Math.floor(box.scrollTop / kRow) - 20);
      if (!always && first >= 0 && Math.abs(from - first) < 10) return;
      first = from;
      const to = Math.min(rows.length, from + Math.ceil((box.clientHeight || 400) / kRow) + 50);
      const made = document.createDocumentFragment();
      if (from > 0) made.append(filler(from));
      for (let i = from; i < to; ++i) made.append(row(i));
      if (to < rows.length) made.append(filler(rows.length - to));
      body.replaceChildren(made);
    }
    printers.push(() => {
      const made = document.createDocumentFragment();
      for (let i = 0; i < Math.min(rows.length, 300); ++i) made.append(row(i));
      if (rows.length > 300) made.append(el('tr', null, el('td', {colspan: columns.length},
        `... and ${count(rows.length - 300)} more rows, on the screen.`)));
      body.replaceChildren(made);
      return () => draw(true);
    });
    return {box, set(others) { rows = others; first = -1; box.scrollTop = 0; draw(true); }};
  }

  // A list that grows by parts of `step`.
  function growing(into, items, make, step = 100) {
    let done = 0;
    const more = el('button', {type: 'button', class: 'more', click: () => grow(step)});
    function grow(n) {
      const until = Math.min(items.length, done + n);
      for (; done < until; ++done) into.append(make(items[done]));
      if (done < items.length) {
        more.textContent = `Show ${count(Math.min(step, items.length - done))} more of ${count(items.length - done)}`;
        into.append(more);
      } else {
        more.remove();
      }
    }
    grow(step);
    return {until(index) { if (index >= done) grow(index - done + 1); }};
  }

  // A tree of any JSON; a branch is made when it is opened.
  function tree(value, key) {
    const label = key === undefined ? null : el('span', {class: 'key mono'}, shown(key) + ': ');
    if (value === null || typeof value !== 'object')
      return el('span', null, label, el('span', {class: 'mono'}, shown(JSON.stringify(value))));
    const keys = Object.keys(value);
    const size = Array.isArray(value) ? plural(keys.length, 'element') : plural(keys.length, 'member');
    if (keys.length === 0) return el('span', null, label, el('span', {class: 'mono'}, Array.isArray(value) ? '[]' : '{}'));
    let made = false;
    const details = el('details', {toggle: () => {
      if (!details.open || made) return;
      made = true;
      const list = el('ul');
      growing(list, keys, (k) => el('li', null, tree(value[k], k)), 200);
      details.append(list);
    }}, el('summary', null, label, el('span', {class: 'quiet'}, size)));
    return details;
  }

  // ---- findings

  function place(one) {
    return [one.function ? name(one.function) : one.object ? null : '?',
      one.file ? [' ', name(one.line ? `${one.file}:${one.line}` : one.file)] : null,
      one.object ? [one.function || one.file ? ' in ' : 'in ', name(one.object)] : null];
  }

  function stack(title, frames, absent) {
    return el('div', null, el('h3', null, title), frames && frames.length
      ? el('ol', null, frames.map((f) => el('li', null,
        place(f), f.object || f.function ? null : name(f.address || ''), !f.function && f.offset ? ['+', name(f.offset)] : null)))
      : el('p', {class: 'quiet'}, absent));
  }

  // Both stacks of what the agent saw, beside each other.
  function incident(one) {
    if (!one || !one.release_stack) return null;
    const party = (p) => (p ? [name(p.family), p.object ? [' of ', name(p.object)] : null,
      p.namespace ? ` in link namespace ${p.namespace}` : null, p.unloaded ? ', unloaded' : null] : '?');
    return [
      el('p', null, 'Block ', name(one.block || '?'), one.size !== undefined ? ` of ${plural(one.size, 'byte')}` : null,
        '. Owner: ', party(one.owner), '. Given to: ', party(one.releaser), ', ', name(one.function || '?'), '.'),
      one.opened ? el('p', null, 'The code that released it came in by opening ', name(one.opened.path), ' with ',
        name(one.opened.flags), '.') : null,
      el('div', {class: 'stacks'},
        stack('Released by', one.release_stack, 'The stack was not recorded.'),
        stack(one.allocated_by ? `Allocated by ${shown(one.allocated_by)}` : 'Allocated', one.allocation_stack,
          'Not recorded: trace with --depth stacks.'))];
  }

  function finding(index) {
    const one = findings[index];
    const hazard = report.hazards[one.id] || {};
    let made = false;
    const details = el('details', {class: 'finding', id: 'finding-' + (index + 1), toggle: () => {
      if (!details.open || made) return;
      made = true;
      const own = facts && (report.verb === 'trace' ? facts.crossings : facts.findings);
      const incidentOf = Array.isArray(own) && own[index] ? (own[index].incident || own[index]) : null;
      details.append(el('div', null,
        one.subject ? el('p', null, 'In ', name(one.subject)) : null,
        one.because ? el('p', null, el('strong', null, 'Why here. '), one.because) : null,
        one.evidence && one.evidence.length
          ? [el('h3', null, 'Evidence'), el('ul', null, one.evidence.map((e) => el('li', null, e)))] : null,
        incident(incidentOf) || (one.places && one.places.length
          ? [el('h3', null, 'Where'), el('ul', null, one.places.map((p) => el('li', null, place(p))))] : null),
        el('h3', null, 'What to do'), el('p', null, one.fix),
        el('h3', null, `${one.id}: ${hazard.name || one.name}`), el('p', null, hazard.what || ''),
        hazard.why ? el('p', null, el('strong', null, 'Why. '), hazard.why) : null,
        el('p', {class: 'quiet'}, 'Link to this finding: ', el('a', {href: '#finding-' + (index + 1)}, `finding ${index + 1}`))));
    }}, el('summary', null, tag(one.level, one.level), ' ', el('strong', null, one.id), ' ',
      el('span', {class: 'quiet'}, hazard.name || one.name || ''), el('span', {class: 'what'}, one.summary),
      one.count > 1 ? el('span', {class: 'quiet'}, ` (${count(one.count)} times)`) : null));
    return details;
  }

  let openFinding = () => {};

  function showFindings() {
    if (findings.length === 0) return;
    const into = section('findings', `Findings (${count(findings.length)})`);
    const list = el('div');
    const said = el('p', {class: 'quiet', role: 'status'});
    const levels = new Set(['error', 'warning', 'note']);
    const texts = findings.map((f) => [f.id, f.name, f.subject, f.summary, f.because, ...(f.evidence || []),
      ...(f.places || []).flatMap((p) => [p.function, p.file, p.object])].join('\n').toLowerCase());
    let words = '';
    let hazard = '';
    let grown;
    let order = [];
    function draw() {
      order = findings.map((f, i) => i).filter((i) => levels.has(findings[i].level) &&
        (hazard === '' || findings[i].id === hazard) && (words === '' || texts[i].includes(words)));
      said.textContent = order.length === findings.length ? `${plural(findings.length, 'finding')}.`
        : `${count(order.length)} of ${plural(findings.length, 'finding')}.`;
      list.replaceChildren();
      grown = growing(list, order, finding);
    }
    const ids = [...new Set(findings.map((f) => f.id))].sort();
    const search = el('input', {type: 'search', id: 'search', 'aria-label': 'Search in the findings',
      placeholder: 'Search: press /', input: () => { words = search.value.trim().toLowerCase(); draw(); }});
    const buttons = ['error', 'warning', 'note'].filter((l) => findings.some((f) => f.level === l)).map((level) => {
      const n = findings.filter((f) => f.level === level).length;
      const button = el('button', {type: 'button', 'aria-pressed': 'true', click: () => {
        const on = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', String(on));
        if (on) levels.add(level); else levels.delete(level);
        draw();
      }}, plural(n, level));
      return button;
    });
    into.append(el('div', {class: 'controls', role: 'group', 'aria-label': 'Filter'}, search, buttons,
      ids.length > 1 ? choice('Hazard', ['', ...ids], (v) => { hazard = v; draw(); },
        (v) => (v === '' ? 'all' : `${v} ${(report.hazards[v] || {}).name || ''}`)) : null,
      el('button', {type: 'button', click: () => {
        const all = [...list.querySelectorAll('details.finding')];
        const open = all.some((d) => !d.open);
        for (const d of all) d.open = open;
      }}, 'Open or close all')), said, list);
    draw();
    if (findings.length <= 3) for (const d of list.querySelectorAll('details.finding')) d.open = true;

    openFinding = (index) => {
      if (!order.includes(index)) {
        for (const level of ['error', 'warning', 'note']) levels.add(level);
        for (const b of buttons) b.setAttribute('aria-pressed', 'true');
        words = search.value = hazard = '';
        const select = into.querySelector('select');
        if (select) select.selectedIndex = 0;
        draw();
      }
      grown.until(order.indexOf(index));
      const target = document.getElementById('finding-' + (index + 1));
      for (const old of list.querySelectorAll('.target')) old.classList.remove('target');
      target.classList.add('target');
      target.open = true;
      target.scrollIntoView();
      target.querySelector('summary').focus({preventScroll: true});
    };
    document.addEventListener('keydown', (event) => {
      if (event.key === '/' && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
        event.preventDefault();
        search.focus();
      }
    });
  }

  // A link that opens finding number `index`; it works before the finding is an element.
  const toFinding = (index) => el('a', {href: '#finding-' + (index + 1)},
    `${findings[index].id} ${(report.hazards[findings[index].id] || {}).name || ''}`.trim());

  function followHash() {
    const asked = /^#finding-(\d+)$/.exec(location.hash);
    if (asked && findings[asked[1] - 1]) openFinding(asked[1] - 1);
  }

  // ---- the page

  function showProblems() {
    if (report.problems.length === 0) return;
    const into = section('problems', `Not examined (${count(report.problems.length)})`);
    const list = el('ul');
    into.append(list);
    growing(list, report.problems, (p) => el('li', null, name(p.subject), ': ', p.reason, p.next_step
      ? el('span', {class: 'quiet'}, ` Next: ${p.next_step}`) : null));
  }

  function showPlain() {
    if (facts.table && facts.table.columns) {
      const into = section('table', facts.table.title || 'Table');
      into.append(el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Rows and columns'}, el('table', null,
        el('thead', null, el('tr', null, facts.table.columns.map((c) => el('th', {scope: 'col'}, shown(c))))),
        el('tbody', null, facts.table.rows.map((r) => el('tr', null,
          r.map((c) => el('td', {class: typeof c === 'number' ? 'number' : null}, shown(c)))))))));
    }
    if (Array.isArray(facts.plots) && facts.plots.length) {
      const into = section('plots', 'Plots');
      for (const plot of facts.plots) into.append(tools.plot(plot));
    }
  }

  const tools = {el, svg, name, shown, lines, count, plural, tag, base, section, choice, grid, growing, tree, finding,
    toFinding, incident, place, report};

  function show() {
    document.getElementById('verb').textContent = shown(report.verb);
    if (facts && typeof facts.sentence === 'string') {
      const sentence = document.getElementById('sentence');
      sentence.textContent = shown(facts.sentence);
      sentence.hidden = false;
    }
    if (report.subjects.length) {
      const few = report.subjects.slice(0, 5);
      fill(document.getElementById('subjects'), null, ['Examined: ', few.map((s, i) => [i ? ', ' : '', name(s)]),
        report.subjects.length > few.length ? ` and ${count(report.subjects.length - few.length)} more` : null, '.']);
    }
    const view = facts && views.get(String(facts.schema || '').replace(/\/.*$/, ''));
    if (view && view.first) view.first(facts, tools);
    showFindings();
    showProblems();
    if (view && view.then) view.then(facts, tools);
    if (facts) {
      showPlain();
      const into = section('facts', 'All facts');
      into.append(el('p', {class: 'quiet'}, 'What the pictures and tables are made from',
        facts.schema ? [', schema ', name(facts.schema)] : null, '. A branch is made when you open it.'),
      el('div', {class: 'tree'}, tree(facts, 'facts')));
    } else if (report.facts_left_out) {
      section('facts', 'All facts').append(el('p', null, report.facts_left_out));
    }
    if (findings.length === 0 && report.problems.length === 0)
      document.getElementById('contents').before(el('p', null, tag('good', 'clean'), ' Nothing was found.'));
    document.getElementById('made').textContent =
      `Made by crossheap ${report.version}. This file needs no network and no other file.`;
    window.addEventListener('hashchange', followHash);
    followHash();
    let undo = [];
    window.addEventListener('beforeprint', () => {
      for (const d of document.querySelectorAll('details.finding')) d.open = true;
      undo = printers.map((p) => p());
    });
    window.addEventListener('afterprint', () => { for (const back of undo) if (back) back(); });
    document.documentElement.dataset.ready = 'yes';
  }

  return {
    tools,
    // view(schema without its version, {first, then}): what of the verb's facts stands before the findings, and what behind.
    view(schema, parts) { views.set(schema, typeof parts === 'function' ? {then: parts} : parts); },
    show,
  };
})();

// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What each verb's facts look like. A verb without a view of its own still has its findings, its plots and the tree of
// all facts.
'use strict';

// ---- check: the table of verdicts; a cell opens its evidence

crossheap.view('crossheap.check', {
  first(facts, {el, name, shown, section, tag, toFinding, report}) {
    const cells = Array.isArray(facts.cells) ? facts.cells : [];
    if (cells.length === 0) return;
    const into = section('verdicts', 'Verdict');
    const kinds = {safe: 'good', unsafe: 'error', 'not opened': 'warning', 'host fails alone': 'none', 'not tried': 'none'};
    const signs = {safe: '✓', unsafe: '✗', 'not opened': '!', 'host fails alone': '–', 'not tried': '·'};
    const many = new Set(cells.map((c) => c.plugin)).size > 1;
    const modes = new Map();
    for (const c of cells) modes.set(c.profile, (modes.get(c.profile) || new Set()).add(c.mode));
    const rowOf = (c) => (many ? `${c.plugin}: ` : '') + c.profile + (c.mode && modes.get(c.profile).size > 1 ? `, ${c.mode}` : '');
    const rows = [...new Set(cells.map(rowOf))];
    const columns = [...new Set(cells.map((c) => String(c.allocator)))];
    const evidence = el('div', {'aria-live': 'polite'});
    let opened = null;
    function open(cell, button, index) {
      if (opened) opened.setAttribute('aria-expanded', 'false');
      if (opened === button) { opened = null; evidence.replaceChildren(); return; }
      opened = button;
      button.setAttribute('aria-expanded', 'true');
      const lists = (title, items) => (items && items.length
        ? [el('h3', null, title), el('ul', null, items.map((i) => el('li', null,
          typeof i === 'string' ? i : i.what ? `${i.what}: ${i.result || ''} ${i.reason || ''}` : JSON.stringify(i))))] : null);
      evidence.replaceChildren(el('div', {class: 'evidence', id: 'cell-' + (index + 1)},
        el('h3', null, `${shown(cell.profile)} on ${shown(cell.allocator)}: `, tag(kinds[cell.verdict] || 'none', cell.verdict)),
        cell.mode ? el('p', {class: 'quiet'}, 'Load mode ', name(cell.mode)) : null,
        cell.reason ? el('p', null, cell.reason) : null,
        cell.verdict === 'safe' && cell.proven === false
          ? el('p', null, tag('note', 'note'), ' No function of the plugin was called: nothing was seen that is unsafe, and no more than that.') : null,
        lists('What this rests on', cell.rests_on),
        cell.stages && cell.stages.length ? [el('h3', null, 'What was done'), el('ul', null, cell.stages.map((s) => el('li', null,
          tag(s.state === 'held' ? 'good' : s.state === 'failed' ? 'error' : 'none', s.state), ` ${s.stage}: `, name(s.name),
          s.reason ? `: ${s.reason}` : '', s.took_ms ? el('span', {class: 'quiet'}, ` (${s.took_ms} ms)`) : null,
          s.output ? el('pre', null, s.output) : null)))] : null,
        cell.findings && cell.findings.length
          ? [el('h3', null, 'Findings'), el('ul', null, cell.findings.map((f) => {
            const at = typeof f === 'number' ? f : report.findings.findIndex((one) => one.id === f);
            return el('li', null, report.findings[at] ? [toFinding(at), ' ', report.findings[at].summary] : shown(String(f)));
          }))] : null));
    }
    into.append(el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Verdict for each profile and allocator'},
      el('table', {class: 'verdicts'},
        el('thead', null, el('tr', null, el('th', {scope: 'col'}, 'profile'),
          columns.map((c) => el('th', {scope: 'col'}, name(c))))),
        el('tbody', null, rows.map((row) => el('tr', null, el('th', {scope: 'row'}, shown(row)), columns.map((column) => {
          const index = cells.findIndex((c) => rowOf(c) === row && String(c.allocator) === column);
          if (index < 0) return el('td', null, '');
          const cell = cells[index];
          const button = el('button', {type: 'button', class: kinds[cell.verdict] || 'none', 'aria-expanded': 'false',
            click: () => open(cell, button, index)}, `${signs[cell.verdict] || ''} ${cell.verdict}`);
          return el('td', null, button);
        })))))), el('p', {class: 'quiet'}, 'A cell opens its evidence.'), evidence);
    const worst = cells.findIndex((c) => c.verdict === 'unsafe');
    if (worst >= 0 && cells.length <= 60) {
      const row = rows.indexOf(rowOf(cells[worst]));
      const button = into.querySelectorAll('tbody tr')[row].querySelectorAll('td')[columns.indexOf(String(cells[worst].allocator))]
        .querySelector('button');
      open(cells[worst], button, worst);
    }
  },
  then(facts, tools) {
    crossheap.scopes((Array.isArray(facts.scopes) ? facts.scopes : []).map((one, index) => ({
      title: `${index + 1}: ${tools.base(one.host)}, ${one.mode}${one.preloads && one.preloads.length ? ', ' + one.preloads.map(tools.base).join(' ') : ''}`,
      objects: one.objects || [],
      lists: new Map((one.scopes || []).map((s) => [s.of, [...new Set((s.order || []).flat())]])),
      references: one.bindings || [],
    })), tools);
    const {el, section, grid} = tools;
    if (Array.isArray(facts.profiles) && facts.profiles.length) {
      const into = section('profiles', 'Profiles');
      const table = grid('Profiles', ['profile', 'hosts', 'how they load', 'heaps in practice', 'host here', 'source'].map((title) => ({title})),
        (p, i) => [p.name, p.about || '', p.flags || '', p.heaps || '', (p.host && p.host.program) || 'not installed', p.source || ''][i]);
      into.append(table.box);
      table.set(facts.profiles);
    }
  },
});

// ---- bind: who searched where, in which order

// loadings: [{title, objects: [{object or name, path, role, namespace}], lists: Map(object -> names in the order of searching),
//             references: [{object, symbol, provider, because}]}]
crossheap.scopes = (loadings, {el, svg, shown, base, section, choice, name, count}) => {
  const usable = loadings.filter((l) => l.objects.length && l.lists.size);
  if (usable.length === 0) return;
  const into = section('scopes', 'Who searches where, in which order');
  const picture = el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Load scopes'});
  const words = el('p', {class: 'quiet', role: 'status'});
  const select = el('div', {class: 'controls'});
  into.append(el('p', null, 'Each row is one object. The loader looks for the symbol from left to right and takes the first ' +
    'definition; what stands behind it is never asked.'), select, picture, words);
  let loading = usable[0];
  let symbol = null;
  const nameOf = (o) => o.object ?? o.name;
  const kFirst = ['malloc', 'free', 'calloc', 'realloc'];
  const ordered = (all) => [...kFirst.filter((s) => all.includes(s)), ...all.filter((s) => !kFirst.includes(s)).sort()];

  function draw() {
    const {objects, lists} = loading;
    const byName = new Map(objects.map((o) => [nameOf(o), o]));
    const references = new Map();
    for (const r of loading.references) if (r.symbol === symbol && !references.has(r.object)) references.set(r.object, r);
    const asked = objects.filter((o) => references.has(nameOf(o)) && lists.has(nameOf(o))).map((object) => ({object}));
    const order = {plugin: 0, executable: 1, dependency: 2, preload: 3, 'start-up': 4};
    asked.sort((a, b) => (order[a.object.role] ?? 9) - (order[b.object.role] ?? 9));
    const rows = asked.slice(0, 40);
    const kLeft = 210, kBox = 150, kGap = 22, kHigh = 58, kMost = 9;
    const cut = (text, n) => { const t = shown(text); return t.length > n ? t.slice(0, n - 1) + '…' : t; };
    let widest = 1;
    const drawn = rows.map(({object}, at) => {
      const y = at * kHigh + 8;
      const {provider} = references.get(nameOf(object));
      const chain = lists.get(nameOf(object)).map((n) => byName.get(n) || {name: n});
      const found = chain.findIndex((o) => nameOf(o) === provider);
      const until = Math.min(chain.length, Math.max(found + 2, 2), kMost);
      // Where the definition stands far behind, the middle is left out.
      let boxes = chain.slice(0, until).map((o, i) => ({o, i}));
      if (found >= kMost) boxes = [...boxes.slice(0, kMost - 2), {gap: found - (kMost - 2)}, {o: chain[found], i: found}];
      const rest = chain.length - 1 - (boxes.length ? boxes[boxes.length - 1].i : 0);
      widest = Math.max(widest, boxes.length + (rest > 0 ? 1 : 0));
      const parts = boxes.map((box, i) => {
        const x = kLeft + i * (kBox + kGap);
        if (box.gap) return svg('g', null, svg('rect', {class: 'box late', x, y, width: kBox, height: 40, rx: 6}),
          svg('text', {x: x + 10, y: y + 25}, `${box.gap} others`));
        const state = box.i === found ? 'found' : found >= 0 && box.i > found ? 'late' : '';
        return svg('g', null, svg('title', null, `${box.i + 1}. ${shown(box.o.path || nameOf(box.o))}`),
          svg('rect', {class: 'box ' + state, x, y, width: kBox, height: 40, rx: 6}),
          svg('text', {x: x + 10, y: y + 17}, cut(base(nameOf(box.o)), 18)),
          svg('text', {class: 'small', x: x + 10, y: y + 32},
            box.i === found ? `${box.i + 1}: defines it` : state === 'late' ? 'not asked' : `${box.i + 1}: does not define it`),
          i > 0 ? svg('path', {class: 'arrow', d: `M${x - kGap + 3} ${y + 20}h${kGap - 9}m-5 -4l5 4l-5 4`}) : null);
      });
      if (rest > 0) parts.push(svg('text', {class: 'small', x: kLeft + boxes.length * (kBox + kGap), y: y + 24}, `+ ${rest} not asked`));
      return svg('g', null, svg('title', null, shown(object.path || nameOf(object))),
        svg('text', {x: 4, y: y + 17}, cut(base(nameOf(object)), 26)),
        svg('text', {class: 'small', x: 4, y: y + 32}, (object.role || '') + (object.namespace ? `, namespace ${object.namespace}` : '') +
          (provider === null || provider === undefined ? ': found nowhere' : '')), parts);
    });
    picture.replaceChildren(rows.length === 0
      ? el('p', {class: 'quiet'}, symbol === null ? 'No object refers to a function of the malloc family.'
        : 'The file has no search order for these objects.')
      : svg('svg', {width: kLeft + widest * (kBox + kGap) + 20, height: rows.length * kHigh + 10, role: 'img',
        'aria-label': `Where ${rows.length} objects find ${shown(symbol)}, ${shown(loading.title)}`}, drawn));
    words.textContent = rows.map(({object}) => {
      const {provider} = references.get(nameOf(object));
      return `${shown(base(nameOf(object)))} gets ${shown(symbol)} from ${provider ? shown(base(provider)) : 'nobody'}`;
    }).slice(0, 6).join('; ') + (rows.length ? '.' : '') + (asked.length > rows.length ? ` ${count(asked.length - rows.length)} objects more.` : '');
  }
  function choose() {
    const all = ordered([...new Set(loading.references.map((r) => r.symbol))]);
    if (!all.includes(symbol)) symbol = all[0] ?? null;
    select.replaceChildren(
      usable.length > 1 ? choice('Load mode', usable, (l) => { loading = l; choose(); }, (l) => l.title)
        : el('span', null, 'Load mode ', name(loading.title)),
      all.length ? choice('Symbol', all, (s) => { symbol = s; draw(); }) : '');
    const selects = select.querySelectorAll('select');
    if (usable.length > 1) selects[0].selectedIndex = usable.indexOf(loading);
    if (all.length) selects[selects.length - 1].selectedIndex = all.indexOf(symbol);
    draw();
  }
  choose();
};

crossheap.view('crossheap.bind', (facts, tools) => {
  crossheap.scopes(Object.entries(facts.modes || {}).map(([title, one]) => {
    const objects = one.objects || [];
    return {title, objects, references: one.references || [], lists: new Map(objects.filter((o) => o.searches)
      .map((o) => [o.object, o.searches.filter((i) => objects[i]).map((i) => objects[i].object)]))};
  }), tools);
  const {el, name, section, choice, grid, shown} = tools;
  const modes = Object.keys(facts.modes || {}).filter((m) => facts.modes[m].references && facts.modes[m].references.length);
  if (modes.length === 0) return;
  const into = section('references', 'Every reference');
  const table = grid('References', [{title: 'object'}, {title: 'symbol'}, {title: 'relocation'}, {title: 'definition in'}, {title: 'allocator behind it'}],
    (r, i) => [r.object, r.symbol + (r.version ? '@' + r.version : ''), r.relocation, r.provider ?? 'nobody', r.instance ?? ''][i]);
  let mode = modes[0];
  let words = '';
  const draw = () => table.set(facts.modes[mode].references.filter((r) => words === '' ||
    `${r.object} ${r.symbol} ${r.provider} ${r.instance}`.toLowerCase().includes(words)));
  const search = el('input', {type: 'search', 'aria-label': 'Search in the references', placeholder: 'Search', input: () => {
    words = search.value.trim().toLowerCase(); draw(); }});
  into.append(el('div', {class: 'controls'}, modes.length > 1 ? choice('Load mode', modes, (m) => { mode = m; draw(); })
    : el('span', null, 'Load mode ', name(shown(mode))), search), table.box);
  draw();
});

// ---- trace: the allocators and the processes

crossheap.view('crossheap.trace', (facts, {el, name, section, count, grid}) => {
  if (facts.instances && facts.instances.length) {
    const into = section('instances', `Allocators in the program (${count(facts.instances.length)})`);
    const table = grid('Allocators', [{title: 'allocator'}, {title: 'object'}, {title: 'link namespace', number: true},
      {title: 'prefix'}, {title: 'functions watched'}, {title: 'not watched'}],
    (one, i) => [one.family, one.object, String(one.namespace), one.prefix || '', one.watched === undefined ? '' : JSON.stringify(one.watched),
      one.unwatched === undefined ? '' : JSON.stringify(one.unwatched)][i]);
    into.append(table.box);
    table.set(facts.instances);
  }
  if (facts.processes && facts.processes.length) {
    const into = section('processes', `Processes (${count(facts.processes.length)})`);
    const ended = (o) => (!o ? '' : o.kind === 'exited' ? `exited with ${o.status}` : o.kind === 'killed' ? `killed by signal ${o.signal}`
      : o.kind === 'replaced' ? 'ran another program' : 'end not observed');
    const table = grid('Processes', [{title: 'pid', number: true}, {title: 'program'}, {title: 'end'}],
      (one, i) => [String(one.pid), one.program, ended(one.outcome)][i]);
    into.append(table.box);
    table.set(facts.processes);
  }
  if (facts.unwatched && facts.unwatched.length) {
    const into = section('unwatched', `Not watched (${count(facts.unwatched.length)})`);
    const table = grid('Not watched', [{title: 'object'}, {title: 'function'}, {title: 'reason'}],
      (one, i) => [one.object, one.function || '', one.reason][i]);
    into.append(table.box);
    table.set(facts.unwatched);
  }
});

// ---- inspect: the files

crossheap.view('crossheap.inspect', (facts, {el, section, count, grid, tree}) => {
  const files = facts.files || [];
  if (files.length === 0) return;
  const into = section('files', `Files (${count(files.length)})`);
  const inside = (f) => (f.allocators || []).map((a) => `${a.family}${a.version ? ' ' + a.version : ''} (${a.presence})`).join(', ');
  const details = el('div', {class: 'tree', 'aria-live': 'polite'});
  const table = grid('Files', [{title: 'file'}, {title: 'is'}, {title: 'allocators inside'}, {title: 'needs'}, {title: 'findings', number: true}],
    (f, i) => (i === 0 ? el('button', {type: 'button', click: () => {
      details.replaceChildren(el('h3', null, f.file), tree(f));
      details.querySelector('details').open = true;
      details.scrollIntoView({block: 'nearest'});
    }}, f.file) : [null, f.skipped || (f.error && f.error.reason) || f.artifact || '', inside(f), (f.needed || []).join(' '),
      String((f.findings || []).length)][i]));
  let words = '';
  const draw = () => table.set(files.filter((f) => words === '' || `${f.file} ${inside(f)}`.toLowerCase().includes(words)));
  const search = el('input', {type: 'search', 'aria-label': 'Search in the files', placeholder: 'Search', input: () => {
    words = search.value.trim().toLowerCase(); draw(); }});
  into.append(el('div', {class: 'controls'}, search), table.box, details);
  draw();
});

// ---- matrix: contracts, a map of hosts and plugins, and every case

crossheap.view('crossheap.matrix', {
  first(facts, {el, section, count}) {
    if (!facts.contracts) return;
    const into = section('contracts', 'Does ownership of a block pass safely?');
    into.append(el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Contracts'}, el('table', null,
      el('thead', null, el('tr', null, ['contract', 'how ownership passes', 'safe', 'cases'].map((t, i) =>
        el('th', {scope: 'col', class: i > 1 ? 'number' : null}, t)))),
      el('tbody', null, facts.contracts.map((c) => el('tr', null, el('th', {scope: 'row'}, `(${c.contract})`), el('td', null, c.about),
        el('td', {class: 'number'}, c.cases === c.safe ? 'all' : `${(100 * c.safe / c.cases).toFixed(1)} %`),
        el('td', {class: 'number'}, count(c.cases))))))));
  },
  then(facts, {el, section, choice, grid, count, shown}) {
    const c = facts.cases;
    if (!c || !c.count) return;
    // A column is {"words": [...], "of": [index of a word for each case]}.
    const columns = ['host', 'plugin', 'mode', 'scenario', 'direction', 'contract', 'crosses', 'outcome', 'said'];
    const of = {};
    for (const column of columns) of[column] = Uint32Array.from(c[column].of);
    const safe = c.outcome.words.map((_, i) => c.outcome.safe[i]);
    const chosen = {};  // column -> index of the word
    const map = section('map', 'Hosts and plugins');
    const into = section('cases', `Cases (${count(c.count)})`);
    const said = el('p', {class: 'quiet', role: 'status'});
    const table = grid('Cases', columns.map((title) => ({title})), (row, i) => c[columns[i]].words[of[columns[i]][row]]);
    let words = '';
    function draw() {
      const wanted = Object.entries(chosen).map(([column, word]) => [of[column], word]);
      const hits = words === '' ? null : columns.map((column) => [of[column],
        Uint8Array.from(c[column].words, (w) => (String(w).toLowerCase().includes(words) ? 1 : 0))]);
      const rows = [];
      for (let row = 0; row < c.count; ++row)
        if (wanted.every(([values, word]) => values[row] === word) && (hits === null || hits.some(([values, hit]) => hit[values[row]])))
          rows.push(row);
      said.textContent = `${count(rows.length)} of ${count(c.count)} cases, ${count(rows.filter((r) => safe[of.outcome[r]]).length)} safe.`;
      table.set(rows);
    }
    const controls = el('div', {class: 'controls', role: 'group', 'aria-label': 'Filter'});
    const search = el('input', {type: 'search', 'aria-label': 'Search in the cases', placeholder: 'Search', input: () => {
      words = search.value.trim().toLowerCase(); draw(); }});
    function filters() {
      controls.replaceChildren(search, ...['host', 'plugin', 'mode', 'contract', 'direction', 'crosses', 'outcome'].map((column) => {
        const values = [-1, ...c[column].words.keys()];
        const label = choice(column, values, (v) => { if (v < 0) delete chosen[column]; else chosen[column] = v; draw(); },
          (v) => (v < 0 ? 'all' : c[column].words[v] || '(none)'));
        label.querySelector('select').selectedIndex = column in chosen ? chosen[column] + 1 : 0;
        return label;
      }));
    }
    into.append(controls, said, table.box);
    filters();
    draw();

    // The map: which part of the cases is safe.
    let mode = -1;
    let contract = Math.max(0, c.contract.words.indexOf('a'));
    const box = el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Safe cases by host and plugin'});
    function drawMap() {
      const hosts = c.host.words.length;
      const plugins = c.plugin.words.length;
      const cases = new Uint32Array(hosts * plugins);
      const good = new Uint32Array(hosts * plugins);
      for (let row = 0; row < c.count; ++row) {
        if (of.contract[row] !== contract || (mode >= 0 && of.mode[row] !== mode)) continue;
        const at = of.host[row] * plugins + of.plugin[row];
        ++cases[at];
        if (safe[of.outcome[row]]) ++good[at];
      }
      box.replaceChildren(el('table', {class: 'heat'}, el('thead', null, el('tr', null, el('td'),
        c.plugin.words.map((p) => el('th', {scope: 'col'}, shown(p))))),
      el('tbody', null, c.host.words.map((host, h) => el('tr', null, el('th', {scope: 'row'}, shown(host)), c.plugin.words.map((plugin, p) => {
        const at = h * plugins + p;
        if (cases[at] === 0) return el('td');
        const share = good[at] / cases[at];
        const kind = share === 1 ? 'good' : share === 0 ? 'error' : share < 0.5 ? 'warning' : 'note';
        return el('td', null, el('button', {type: 'button', class: kind, title: `${shown(host)}, ${shown(plugin)}: ${good[at]} of ${cases[at]} safe`,
          click: () => {
            chosen.host = h;
            chosen.plugin = p;
            chosen.contract = contract;
            if (mode >= 0) chosen.mode = mode; else delete chosen.mode;
            filters();
            draw();
            document.getElementById('cases').scrollIntoView();
          }}, share === 1 ? 'all' : share === 0 ? 'none' : Math.round(100 * share) + ' %'));
      }))))));
    }
    map.append(el('p', null, 'The part of the cases that is safe. A cell shows its cases below.'), el('div', {class: 'controls'},
      choice('Contract', [...c.contract.words.keys()], (v) => { contract = v; drawMap(); }, (v) => `(${c.contract.words[v]})`),
      choice('Load mode', [-1, ...c.mode.words.keys()], (v) => { mode = v; drawMap(); }, (v) => (v < 0 ? 'all' : c.mode.words[v]))), box);
    map.querySelector('select').selectedIndex = contract;
    drawMap();
  },
});

// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The plots that facts may carry ("plots": [{"kind", "title", ...}]): figures with their intervals, lines, histograms.
// Each has its numbers in a table below it, for those who do not see it and those who want to copy them.
'use strict';

crossheap.tools.plot = (() => {
  const {el, svg, shown} = crossheap.tools;
  const finite = (n) => typeof n === 'number' && Number.isFinite(n);
  const figure = (n) => (!finite(n) ? '' : Math.abs(n) >= 1000 ? Math.round(n).toLocaleString('en-US') : String(Number(n.toPrecision(4))));
  // Round steps that divide the range into about five.
  function steps(low, high) {
    const raw = (high - low || 1) / 5;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw * 0.999);
    const marks = [];
    for (let m = Math.ceil(low / step - 1e-9) * step; m <= high + step * 1e-9; m += step) marks.push(Math.abs(m) < step * 1e-6 ? 0 : m);
    return marks;
  }
  const cut = (text, n) => { const t = shown(text); return t.length > n ? t.slice(0, n - 1) + '…' : t; };
  const numbers = (plot, columns, rows) => el('details', null, el('summary', null, 'The numbers'),
    el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `Numbers of ${shown(plot.title || 'the plot')}`}, el('table', null,
      el('thead', null, el('tr', null, columns.map((c) => el('th', {scope: 'col'}, shown(c))))),
      el('tbody', null, rows.slice(0, 500).map((r) => el('tr', null, r.map((c) =>
        el('td', {class: finite(c) ? 'number' : null}, finite(c) ? figure(c) : shown(c ?? '')))))))));

  function bars(plot) {
    const rows = (plot.rows || []).filter((r) => finite(r.value)).slice(0, 200);
    const zero = finite(plot.baseline) ? plot.baseline : 0;
    const ends = rows.flatMap((r) => [r.value, r.low, r.high]).filter(finite).concat(zero);
    let low = Math.min(...ends);
    let high = Math.max(...ends);
    if (low === high) high = low + 1;
    const margin = (high - low) * 0.06;
    if (low < zero) low -= margin;
    if (high > zero) high += margin;
    const left = 190, width = 520, row = 30, tall = rows.length * row + 40;
    const x = (v) => left + (v - low) / (high - low) * width;
    return [svg('svg', {width: left + width + 110, height: tall, role: 'img', 'aria-label': shown(plot.title || 'Plot')},
      steps(low, high).map((m) => svg('g', null, svg('line', {class: 'axis', x1: x(m), x2: x(m), y1: 0, y2: tall - 26}),
        svg('text', {class: 'small', x: x(m), y: tall - 10, 'text-anchor': 'middle'}, figure(m) + (plot.unit ? ' ' + shown(plot.unit) : '')))),
      rows.map((r, i) => {
        const y = i * row + 6;
        const between = finite(r.low) && finite(r.high);
        return svg('g', null, svg('title', null, `${shown(r.label)}: ${figure(r.value)}${between ? ` (${figure(r.low)} to ${figure(r.high)})` : ''} ${shown(r.note || '')}`),
          svg('text', {x: left - 8, y: y + 14, 'text-anchor': 'end'}, cut(r.label, 24)),
          svg('rect', {class: 'bar ' + (r.level === 'error' ? 'error' : ''), x: Math.min(x(zero), x(r.value)), y: y + 2,
            width: Math.max(1, Math.abs(x(r.value) - x(zero))), height: 14}),
          between ? svg('path', {class: 'whisker', d: `M${x(r.low)} ${y + 9}H${x(r.high)}M${x(r.low)} ${y + 4}v10M${x(r.high)} ${y + 4}v10`}) : null,
          svg('text', {class: 'small', x: left + width + 6, y: y + 14}, figure(r.value) + (plot.unit ? ' ' + shown(plot.unit) : '')));
      })),
    numbers(plot, ['', plot.unit || 'value', 'low', 'high', ''], rows.map((r) => [r.label, r.value, r.low, r.high, r.note || '']))];
  }

  function polylines(plot) {
    const series = (plot.series || []).slice(0, 16).map((s) => ({label: s.label, points: (s.points || []).filter((p) => finite(p[0]) && finite(p[1]))}));
    const all = series.flatMap((s) => s.points);
    if (all.length === 0) return el('p', {class: 'quiet'}, 'No points.');
    const range = (values) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const [x0, x1] = range(all.map((p) => p[0]));
    let [y0, y1] = range(all.map((p) => p[1]));
    if (y0 > 0) y0 = 0;
    if (y0 === y1) y1 = y0 + 1;
    const left = 80, width = 640, high = 260;
    const x = (v) => left + (v - x0) / (x1 - x0 || 1) * width;
    const y = (v) => 10 + (1 - (v - y0) / (y1 - y0)) * high;
    return [svg('svg', {width: left + width + 20, height: high + 50 + series.length * 18, role: 'img', 'aria-label': shown(plot.title || 'Plot')},
      steps(y0, y1).map((m) => svg('g', null, svg('line', {class: 'axis', x1: left, x2: left + width, y1: y(m), y2: y(m)}),
        svg('text', {class: 'small', x: left - 6, y: y(m) + 4, 'text-anchor': 'end'}, figure(m)))),
      steps(x0, x1).map((m) => svg('text', {class: 'small', x: x(m), y: high + 28, 'text-anchor': 'middle'}, figure(m))),
      svg('text', {class: 'small', x: left, y: high + 44}, `${shown(plot.y || '')} over ${shown(plot.x || '')}`),
      series.map((s, i) => svg('g', null, svg('polyline', {class: `series s${i % 8}`, points: s.points.map((p) => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(' ')}),
        svg('line', {class: `series s${i % 8}`, x1: left, x2: left + 24, y1: high + 58 + i * 18, y2: high + 58 + i * 18}),
        svg('text', {x: left + 32, y: high + 62 + i * 18}, cut(s.label, 60))))),
    numbers(plot, ['', plot.x || 'x', plot.y || 'y'], series.flatMap((s) => s.points.map((p) => [s.label, p[0], p[1]])))];
  }

  return (plot) => el('div', {class: 'plot'}, el('h3', null, shown(plot.title || 'Plot')),
    plot.text ? el('p', null, plot.text) : null,
    el('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': shown(plot.title || 'Plot')},
      plot.kind === 'lines' ? polylines(plot) : bars(plot)));
})();

// One panel as an SVG fragment of w x h pixels.
const {write} = require('./units.js');

const PALETTE = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#ffa6b0', '#96d98d', '#fade2a'];
const COLORS = {green: '#73bf69', yellow: '#f2cc0c', red: '#f2495c'};
const TEXT = '#ccccdc', FAINT = '#2c3036', FONT = 'DejaVu Sans';

const escape = (s) => s.replace(/[&<>"]/g, (c) => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}[c]));

// The colour that the thresholds give a value.
function colour(value, thresholds) {
  let found = COLORS[thresholds[0].color];
  for (const step of thresholds.slice(1)) if (value >= step.value) found = COLORS[step.color];
  return found;
}

// The newest value of a series.
const last = (s) => s.points.findLast((p) => p[1] !== null)[1];

function chart(echarts, option, w, h) {
  const drawn = echarts.init(null, null, {renderer: 'svg', ssr: true, width: w, height: h});
  drawn.setOption({animation: false, textStyle: {fontFamily: FONT, color: TEXT}, ...option});
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  return svg;
}

// Names with their colours, in lines below a chart; returns the drawing and its height.
function legend(names, w, h) {
  const LINE = 16, LETTER = 6.7;
  const rows = [[]];
  let x = 12;
  names.forEach((name, i) => {
    const wide = 20 + name.length * LETTER + 14;
    if (x + wide > w && rows.at(-1).length) {
      rows.push([]);
      x = 12;
    }
    rows.at(-1).push([x, name, PALETTE[i % PALETTE.length]]);
    x += wide;
  });
  const top = h - rows.length * LINE;
  const svg = rows.map((row, i) => row.map(([left, name, color]) =>
    `<rect x="${left}" y="${top + i * LINE + 3}" width="13" height="3" rx="1" fill="${color}"/>` +
    `<text x="${left + 18}" y="${top + i * LINE + 9}" font-family="${FONT}" font-size="11" fill="${TEXT}">${escape(name)}</text>`).join('')).join('');
  return [svg, rows.length * LINE];
}

function axes(panel, ends) {
  const highest = Math.max(...panel.series.flatMap((s) => s.points.map((p) => p[1])), 0);
  // Where all is 0 the axis goes to 1 rather than to a number that chance chose.
  const max = panel.max ?? (highest === 0 ? 1 : undefined);
  return {
    grid: {left: 8, right: 14, top: 12, bottom: 4, containLabel: true},
    xAxis: {type: 'time', min: ends[0] * 1000, max: ends[1] * 1000, axisLine: {lineStyle: {color: FAINT}},
      axisLabel: {color: TEXT, fontSize: 11, hideOverlap: true, formatter: '{HH}:{mm}'}, minInterval: 60000, splitLine: {show: true, lineStyle: {color: FAINT}}},
    yAxis: {type: 'value', min: panel.min ?? undefined, max, interval: max === 1 ? 0.25 : undefined, splitNumber: 4,
      axisLabel: {color: TEXT, fontSize: 11, formatter: (v) => write(panel.unit, v)}, splitLine: {lineStyle: {color: FAINT}}},
  };
}

function timeseries(echarts, panel, w, h, ends) {
  const series = panel.series.map((s, i) => ({
    name: s.name, type: 'line', showSymbol: false, data: s.points.map(([t, v]) => [t * 1000, v ?? (panel.stacked ? 0 : null)]),
    stack: panel.stacked ? 'all' : undefined, lineStyle: {width: 1.5}, areaStyle: {opacity: panel.stacked ? 0.35 : 0.08},
    color: PALETTE[i % PALETTE.length]}));
  // Limits that the picture's range would not show are left out, as Grafana does.
  const highest = Math.max(...panel.series.flatMap((s) => s.points.map((p) => p[1])), 0);
  const lines = panel.thresholds.slice(1).filter((t) => panel.limits && t.value <= highest * 1.3);
  if (series.length && lines.length) {
    series[0].markLine = {symbol: 'none', silent: true, label: {show: false},
      data: lines.map((t) => ({yAxis: t.value, lineStyle: {color: COLORS[t.color], type: 'solid', width: 1}}))};
  }
  const [names, below] = legend(panel.series.map((s) => s.name), w, h);
  return chart(echarts, {...axes(panel, ends), series}, w, h - below - 4) + names;
}

function heatmap(echarts, panel, w, h, ends) {
  const rows = panel.series, cells = [];
  let most = 0;
  rows.forEach((row, y) => row.points.forEach(([t, v], x) => {
    if (v > 0) cells.push([x, y, v]);
    most = Math.max(most, v);
  }));
  const columns = rows.length ? rows[0].points.map((p) => p[0]) : [];
  const clock = (t) => new Date(t * 1000).toISOString().slice(11, 16);
  return chart(echarts, {
    grid: {left: 8, right: 14, top: 12, bottom: 10, containLabel: true},
    xAxis: {type: 'category', data: columns.map(clock), axisLabel: {color: TEXT, fontSize: 11, interval: Math.max(1, Math.floor(columns.length / 6))}, axisTick: {show: false}, axisLine: {lineStyle: {color: FAINT}}},
    yAxis: {type: 'category', data: rows.map((r) => (r.name === '+Inf' ? '∞' : write(panel.unit, Number(r.name)))), axisLabel: {color: TEXT, fontSize: 11}, axisTick: {show: false}, axisLine: {lineStyle: {color: FAINT}}},
    visualMap: {show: false, min: 0, max: most || 1, inRange: {color: ['#3b2a1a', '#8c4a0e', '#ff780a', '#ffb357', '#fff0d6']}},
    series: [{type: 'heatmap', data: cells, itemStyle: {borderColor: '#181b1f', borderWidth: 0.5}}]}, w, h);
}

function gauge(echarts, panel, w, h) {
  const perRow = Math.ceil(panel.series.length / 2), cw = w / perRow, ch = h / 2;
  const bands = panel.thresholds.map((t, i) => [panel.thresholds[i + 1]?.value ?? 1, COLORS[t.color]]);
  const series = panel.series.map((s, i) => {
    const value = last(s), inRow = i < perRow ? perRow : panel.series.length - perRow;
    const left = i < perRow ? i * cw : (w - inRow * cw) / 2 + (i - perRow) * cw, top = i < perRow ? 0 : ch;
    return {type: 'gauge', center: [left + cw / 2, top + ch * 0.62], radius: Math.min(cw, ch * 1.15) * 0.46, startAngle: 200, endAngle: -20, min: 0, max: 1,
      axisLine: {lineStyle: {width: 3, color: bands}}, progress: {show: true, width: 12, itemStyle: {color: colour(value, panel.thresholds)}},
      pointer: {show: false}, axisTick: {show: false}, splitLine: {show: false}, axisLabel: {show: false},
      title: {fontSize: 11, color: TEXT, offsetCenter: [0, '62%']},
      detail: {fontSize: 17, color: colour(value, panel.thresholds), offsetCenter: [0, '12%'], formatter: () => write(panel.unit, value)}, data: [{value, name: s.name}]};
  });
  return chart(echarts, {series}, w, h);
}

function stat(panel, w, h) {
  const values = panel.series.map((s) => [s.name, panel.decimals === 0 ? Math.round(last(s)) : last(s)]);
  const step = w / Math.max(values.length, 1);
  return values.map(([name, value], i) => {
    const text = name && values.length > 0 && panel.named ? name : write(panel.unit, value);
    return `<text x="${step * i + step / 2}" y="${h / 2 + 4}" text-anchor="middle" font-family="${FONT}" font-size="30" font-weight="bold" fill="${colour(value, panel.thresholds)}">${escape(text)}</text>`;
  }).join('');
}

exports.draw = (echarts, panel, w, h, ends) => {
  const kinds = {timeseries, heatmap, gauge, stat: (_, ...rest) => stat(...rest)};
  if (!panel.series.length) return `<text x="${w / 2}" y="${h / 2}" text-anchor="middle" font-family="${FONT}" font-size="13" fill="#8e8e99">no data</text>`;
  return kinds[panel.type](echarts, panel, w, h, ends);
};
exports.escape = escape;

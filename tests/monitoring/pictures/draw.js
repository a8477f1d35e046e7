// A dashboard with its data as a picture.
//
// usage: node draw.js DIRECTORY_OF_NODE_MODULES DATA.json PICTURE.png
const fs = require('fs');
const path = require('path');

const modules = path.join(process.argv[2], 'node_modules');
const echarts = require(path.join(modules, 'echarts'));
const {Resvg} = require(path.join(modules, '@resvg/resvg-js'));
const {draw, escape} = require('./charts.js');

const COLUMN = 62, ROW = 30, GAP = 4, TOP = 52;
const {dashboard, ends, panels} = JSON.parse(fs.readFileSync(process.argv[3], 'utf8'));

const width = COLUMN * 24 + GAP;
const height = TOP + GAP + ROW * Math.max(...panels.map((p) => p.grid.y + p.grid.h));
const parts = [`<rect width="${width}" height="${height}" fill="#111217"/>`,
  `<text x="14" y="33" font-family="DejaVu Sans" font-size="19" fill="#ccccdc">${escape(dashboard)}</text>`];
for (const panel of panels) {
  const x = panel.grid.x * COLUMN + GAP, y = panel.grid.y * ROW + TOP;
  const w = panel.grid.w * COLUMN - GAP, h = panel.grid.h * ROW - GAP;
  if (panel.type === 'row') {
    parts.push(`<text x="${x + 6}" y="${y + 20}" font-family="DejaVu Sans" font-size="14" font-weight="bold" fill="#ccccdc">${escape(panel.title)}</text>`);
    continue;
  }
  parts.push(`<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="3" fill="#181b1f" stroke="#25272c"/>`,
    `<text x="${x + 10}" y="${y + 19}" font-family="DejaVu Sans" font-size="13" fill="#ccccdc">${escape(panel.title)}</text>`,
    `<svg x="${x}" y="${y + 26}" width="${w}" height="${h - 28}" viewBox="0 0 ${w} ${h - 28}">${draw(echarts, panel, w, h - 28, ends)}</svg>`);
}
const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${parts.join('')}</svg>`;
const picture = new Resvg(svg, {font: {loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans'}});
fs.writeFileSync(process.argv[4], picture.render().asPng());

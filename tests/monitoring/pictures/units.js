// Numbers as Grafana writes them, for the units that our dashboards use.
function scaled(value, base, suffixes) {
  let i = 0;
  while (Math.abs(value) >= base && i < suffixes.length - 1) {
    value /= base;
    ++i;
  }
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))}${suffixes[i]}`;
}

function time(seconds) {
  const a = Math.abs(seconds);
  if (a === 0) return '0 s';
  if (a < 1e-3) return `${Number((seconds * 1e6).toFixed(0))} µs`;
  if (a < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (a < 120) return `${Number(seconds.toPrecision(3))} s`;
  if (a < 7200) return `${Number((seconds / 60).toPrecision(3))} min`;
  if (a < 172800) return `${Number((seconds / 3600).toPrecision(3))} h`;
  return `${Number((seconds / 86400).toPrecision(3))} d`;
}

const DECIMAL = ['', ' k', ' M', ' G', ' T'];
const WRITERS = {
  s: time,
  percentunit: (v) => `${Number((v * 100).toPrecision(3))}%`,
  bytes: (v) => scaled(v, 1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB']),
  Bps: (v) => scaled(v, 1000, [' B/s', ' kB/s', ' MB/s', ' GB/s']),
  bps: (v) => scaled(v, 1000, [' b/s', ' kb/s', ' Mb/s', ' Gb/s']),
  pps: (v) => scaled(v, 1000, [' p/s', ' kp/s', ' Mp/s']),
  reqps: (v) => scaled(v, 1000, [' req/s', ' kreq/s']),
  cps: (v) => scaled(v, 1000, [' c/s', ' kc/s']),
  h: (v) => `${Number(v.toPrecision(3))} h`,
};

exports.write = (unit, value) => (WRITERS[unit] ?? ((v) => scaled(v, 1000, DECIMAL)))(value);

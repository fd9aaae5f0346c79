// Runs the conformance suites (recorded from the reference runtime) against a built sidecar and holds the result against the
// list of expected gaps: a step may only fail when the list names it, and a named step that passes must leave the list.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startRedis } from './redis.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const atOnce = 3;
const gapsFile = path.join(here, 'conformance-gaps.json');

/** Plays the suites that the gaps file does not leave out; answers { passed, failed }. */
export async function conformance(tandem) {
  const { suites, steps: expectedGaps } = JSON.parse(fs.readFileSync(gapsFile, 'utf8'));
  const redis = process.env.REDIS_ADDRESS ? { address: process.env.REDIS_ADDRESS, stop() {} } : await startRedis();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-home-')); // what is durable stays out of the user's home
  let output;
  try {
    output = await playAll(tandem, suites, { REDIS_ADDRESS: redis.address, TANDEM_HOME: home });
  } finally {
    await redis.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
  const failures = [...output.matchAll(/^FAIL (.+?)(?: \/ (.+))?$/gm)].map(([, suite, step]) => step ? `${suite} / ${step}` : suite);
  const passed = [...output.matchAll(/^(\d+) passed, \d+ failed(?:, \d+ skipped)?$/gm)].reduce((sum, [, number]) => sum + Number(number), 0);
  const unexpected = failures.filter(f => !expectedGaps.includes(f));
  const closed = expectedGaps.filter(g => !failures.includes(g));
  for (const step of closed) console.log(`FAIL ${step} passes now: take it off ${path.basename(gapsFile)}`);
  if (passed === 0) console.log('FAIL conformance: nothing passed');
  return { passed, failed: unexpected.length + closed.length + (passed === 0 ? 1 : 0) };
}

// The suites wait more than they work (for time-outs, for deliveries that must not come), so some are played at a time. Those that share a
// server are played one after another, as they were recorded.
async function playAll(tandem, suites, servers) {
  const shared = new Map();
  const alone = [];
  for (const suite of suites) {
    const { needs } = (await import(pathToFileURL(path.join(here, `conformance/suites/${suite}.mjs`)))).default;
    if (needs?.length) shared.set(needs.join(), [...shared.get(needs.join()) ?? [], suite]);
    else alone.push(suite);
  }
  let output = '';
  const playEach = async queue => { for (let suite; (suite = queue.shift());) output += await play(tandem, suite, servers); };
  await Promise.all([...shared.values(), ...Array(atOnce).fill(alone)].map(playEach));
  return output;
}

function play(tandem, suite, servers) {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [path.join(here, 'conformance/run.mjs'), '--strict', '--sidecar', `${tandem} sidecar`, suite], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...servers } });
    let output = '';
    child.stdout.on('data', chunk => { output += chunk; });
    child.once('error', reject);
    child.once('close', code => {
      if (!/^\d+ passed, \d+ failed/m.test(output)) output += `FAIL ${suite}: it ended with ${code} and no result\n\n`;
      console.log(output.trimEnd().split('\n').slice(0, -1).join('\n')); // the last line repeats the numbers
      resolve(output);
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = await conformance(path.resolve(process.argv[2] ?? path.join(here, '../artifacts/bin/tandem')));
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed ? 1 : 0);
}

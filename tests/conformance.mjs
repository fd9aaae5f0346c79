// Runs the conformance suites (recorded from the reference runtime) against a built sidecar and holds the result against the
// list of expected gaps: a step may only fail when the list names it, and a named step that passes must leave the list.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startRabbitMq } from './rabbitmq.mjs';
import { startRedis } from './redis.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const gapsFile = path.join(here, 'conformance-gaps.json');

/** Plays the suites that the gaps file does not leave out; answers { passed, failed }. */
export async function conformance(tandem) {
  const { suites, steps: expectedGaps } = JSON.parse(fs.readFileSync(gapsFile, 'utf8'));
  const redis = process.env.REDIS_ADDRESS ? { address: process.env.REDIS_ADDRESS, stop() {} } : await startRedis();
  const rabbitMq = process.env.RABBITMQ_URL ? { url: process.env.RABBITMQ_URL, stop() {} } : await startRabbitMq();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-home-')); // what is durable stays out of the user's home
  let output;
  try {
    output = await play(tandem, suites, { REDIS_ADDRESS: redis.address, RABBITMQ_URL: rabbitMq.url, TANDEM_HOME: home });
  } finally {
    await Promise.all([redis.stop(), rabbitMq.stop()]);
    fs.rmSync(home, { recursive: true, force: true });
  }
  const failures = [...output.matchAll(/^FAIL (.+?)(?: \/ (.+))?$/gm)].map(([, suite, step]) => step ? `${suite} / ${step}` : suite);
  const passed = Number(/^(\d+) passed, \d+ failed(?:, \d+ skipped)?$/m.exec(output.trim().split('\n').at(-1))?.[1] ?? 0);
  const unexpected = failures.filter(f => !expectedGaps.includes(f));
  const closed = expectedGaps.filter(g => !failures.includes(g));
  for (const step of closed) console.log(`FAIL ${step} passes now: take it off ${path.basename(gapsFile)}`);
  if (passed === 0) console.log('FAIL conformance: nothing passed');
  return { passed, failed: unexpected.length + closed.length + (passed === 0 ? 1 : 0) };
}

function play(tandem, suites, servers) {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [path.join(here, 'conformance/run.mjs'), '--strict', '--sidecar', `${tandem} sidecar`, ...suites], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...servers } });
    let output = '';
    child.stdout.on('data', chunk => { output += chunk; process.stdout.write(chunk); });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = await conformance(path.resolve(process.argv[2] ?? path.join(here, '../artifacts/bin/tandem')));
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed ? 1 : 0);
}

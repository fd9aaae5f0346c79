// Runs the conformance suites (recorded from the reference runtime) against a built sidecar and holds the result against the
// list of expected gaps: a step may only fail when the list names it, and a named step that passes must leave the list.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startKafka } from './kafka.mjs';
import { startPostgres } from './postgres.mjs';
import { startRabbitMq } from './rabbitmq.mjs';
import { startRedis } from './redis.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const gapsFile = path.join(here, 'conformance-gaps.json');

// What suites need beside the sidecar: the variable that tells them where it is, and how one is started when the environment names none.
const servers = {
  // The suite's component takes the address from here; the broker of the tests is too old to be asked for its version, so that comes along.
  kafka: { variable: 'KAFKA_BROKERS', start: async () => { const { address, version, stop } = await startKafka(); return { value: `${address}\n  - name: version\n    value: ${version}`, stop }; } },
  postgres: { variable: 'POSTGRES_DSN', start: async () => { const { dsn, stop } = await startPostgres(); return { value: dsn, stop }; } },
  rabbitmq: { variable: 'RABBITMQ_URL', start: async () => { const { url, stop } = await startRabbitMq(); return { value: url, stop }; } },
  redis: { variable: 'REDIS_ADDRESS', start: async () => { const { address, stop } = await startRedis(); return { value: address, stop }; } },
};

/** Plays the suites that the gaps file does not leave out; answers { passed, failed }. */
export async function conformance(tandem) {
  const { suites, steps: expectedGaps } = JSON.parse(fs.readFileSync(gapsFile, 'utf8'));
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-home-')); // what is durable stays out of the user's home
  let output;
  try {
    output = await playAll(tandem, suites, { TANDEM_HOME: home });
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
  const failures = [...output.matchAll(/^FAIL (.+?)(?: \/ (.+))?$/gm)].map(([, suite, step]) => step ? `${suite} / ${step}` : suite);
  const passed = [...output.matchAll(/^(\d+) passed, \d+ failed(?:, \d+ skipped)?$/gm)].reduce((sum, [, number]) => sum + Number(number), 0);
  const skipped = [...output.matchAll(/^skip (.+)$/gm)].map(([, suite]) => suite); // nothing that is in the list may be left out
  for (const suite of skipped) console.log(`FAIL ${suite}: not played`);
  const unexpected = failures.filter(f => !expectedGaps.includes(f));
  const closed = expectedGaps.filter(g => !failures.includes(g));
  for (const step of closed) console.log(`FAIL ${step} passes now: take it off ${path.basename(gapsFile)}`);
  if (passed === 0) console.log('FAIL conformance: nothing passed');
  return { passed, failed: unexpected.length + closed.length + skipped.length + (passed === 0 ? 1 : 0) };
}

// The suites wait more than they work (for time-outs, for deliveries that must not come), so two are played at a time: one that needs no server,
// and one that does. More, or a server that starts beside a suite with real time-outs, made answers late.
async function playAll(tandem, suites, environment) {
  const lanes = new Map();
  const free = [];
  for (const suite of suites) {
    const { needs } = (await import(pathToFileURL(path.join(here, `conformance/suites/${suite}.mjs`)))).default;
    if (needs?.length) lanes.set(needs.join(), [...lanes.get(needs.join()) ?? [], suite]);
    else free.push(suite);
  }
  const outputs = [];
  const playEach = async (queue, more) => { for (const suite of queue) outputs.push(await play(tandem, suite, { ...environment, ...more })); };
  const playServed = async () => {
    for (const [needs, queue] of lanes) await withServers(needs.split(',').filter(name => servers[name]), variables => playEach(queue, variables));
  };
  await Promise.all([playEach(free, {}), playServed()]);
  return outputs.join('');
}

async function withServers([name, ...others], use, variables = {}) {
  if (!name) return use(variables);
  const { variable, start } = servers[name];
  const server = process.env[variable] ? { value: process.env[variable], stop() {} } : await start();
  try {
    return await withServers(others, use, { ...variables, [variable]: server.value });
  } finally {
    await server.stop();
  }
}

function play(tandem, suite, variables) {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [path.join(here, 'conformance/run.mjs'), '--strict', '--sidecar', `${tandem} sidecar`, suite], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...variables } });
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

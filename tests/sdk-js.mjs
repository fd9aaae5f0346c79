// The official JavaScript SDK against a built sidecar, as client and as app, over HTTP and gRPC (tests/conformance/sdk-js, an exact copy).
// Everything is played: what would be skipped is a failure.
//
//   node tests/sdk-js.mjs [TANDEM [AREA ...]]
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startRedis } from './redis.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Plays the areas (all, when none is named); answers { passed, failed }. */
export async function sdkJs(tandem, areas = []) {
  const redis = process.env.REDIS_ADDRESS ? { address: process.env.REDIS_ADDRESS, stop() {} } : await startRedis();
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-home-')); // what is durable stays out of the user's home
  let output;
  try {
    output = await play([path.join(here, 'conformance/sdk-js/run.mjs'), '--sidecar', `${tandem} sidecar`, ...areas], { REDIS_ADDRESS: redis.address, TANDEM_HOME: home });
  } finally {
    await redis.stop();
    fs.rmSync(home, { recursive: true, force: true });
  }
  const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(output.trim().split('\n').at(-1)) ?? [0, 0, 1];
  const skipped = output.match(/^skip /gm)?.length ?? 0;
  if (skipped) console.log(`FAIL the JavaScript SDK: ${skipped} checks were skipped`);
  return { passed: Number(passed), failed: Number(failed) + skipped };
}

function play(args, servers) {
  return new Promise((resolve, reject) => {
    const child = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...servers } });
    let output = '';
    child.stdout.on('data', chunk => { output += chunk; process.stdout.write(chunk); });
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tandem, ...areas] = process.argv.slice(2);
  const result = await sdkJs(path.resolve(tandem ?? path.join(here, '../artifacts/bin/tandem')), areas);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed ? 1 : 0);
}

// The load generator: wrk with one thread and a request script.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'request.lua');
let unique = 0;

/**
 * Sends requests for some seconds; answers { requests, rate (requests/s), p50, p99 (ms) }. A request that fails makes the row worthless: it throws.
 * load: { method, path, body, keys }, see request.lua.
 */
export async function wrk(origin, load, { connections, seconds }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, origin, '--',
    load.method ?? 'GET', load.path, load.body ?? '', String(load.keys ?? 1), `${Date.now().toString(36)}${unique++}`];
  const { stdout } = await promisify(execFile)('wrk', args);
  const numbers = JSON.parse(stdout.trim().split('\n').at(-1));
  if (numbers.bad + numbers.broken > 0 || numbers.requests === 0) throw new Error(`wrk ${args.join(' ')}: ${JSON.stringify(numbers)}\n${stdout}`);
  return { ...numbers, rate: numbers.requests / numbers.seconds };
}

// The load generator for gRPC: h2load with one thread, a connection for each call that is open.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { median } from './table.mjs';

const message = Buffer.from([0, 0, 0, 0, 7, 0x0a, 5, ...Buffer.from('world')]);

/** A unary call of the backend. */
export const unary = { grpc: true, path: '/bench.Echo/Unary', headers: {} };

/** The same through a sidecar to an app. */
export const unaryTo = appId => ({ ...unary, headers: { 'dapr-app-id': appId } });

/** Makes calls for some seconds; answers { requests, rate (calls/s), p50, p99 (ms) }. A call that fails makes the row worthless: it throws. */
export async function h2load(origin, load, { connections, seconds }) {
  const failure = await call(origin, load); // h2load knows of HTTP's status only
  if (failure) throw new Error(`${origin}${load.path}: ${failure}`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'h2load-'));
  try {
    fs.writeFileSync(path.join(folder, 'message'), message);
    const headers = Object.entries({ 'content-type': 'application/grpc', te: 'trailers', ...load.headers }).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const args = ['-t1', `-c${connections}`, '-m1', '-D', String(seconds), '-d', path.join(folder, 'message'), '--log-file', path.join(folder, 'log'), ...headers, origin + load.path];
    const { stdout } = await promisify(execFile)('h2load', args);
    const [, succeeded, failed, errored, timedOut] = stdout.match(/(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/)?.map(Number) ?? [];
    const taken = fs.readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n').map(line => line.split('\t')).map(([, status, microseconds]) => [status, Number(microseconds) / 1000]);
    if (!succeeded || failed + errored + timedOut > 0 || taken.some(([status]) => status !== '200')) throw new Error(`h2load ${args.join(' ')}:\n${stdout}`);
    const sorted = taken.map(([, milliseconds]) => milliseconds).sort((a, b) => a - b);
    return { requests: succeeded, rate: succeeded / seconds, p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** Waits until a call ends with OK. */
export async function untilAnswers(origin, load) {
  const end = performance.now() + 20_000;
  for (let failure; (failure = await call(origin, load));) {
    if (performance.now() > end) throw new Error(`${origin}${load.path}: ${failure}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Makes one call; answers why it failed, or null. */
function call(origin, load) {
  return new Promise(resolve => {
    const session = http2.connect(origin);
    const end = result => { session.close(); resolve(result); };
    session.on('error', error => end(error.message));
    const request = session.request({ ':method': 'POST', ':path': load.path, 'content-type': 'application/grpc', te: 'trailers', ...load.headers });
    let status = null;
    const read = headers => { if (headers['grpc-status'] !== undefined) status = headers; };
    request.on('response', read).on('trailers', read).on('error', error => end(error.message));
    request.on('end', () => end(status?.['grpc-status'] === '0' ? null : `grpc-status ${status?.['grpc-status']}: ${status?.['grpc-message']}`));
    request.resume().end(message);
  });
}

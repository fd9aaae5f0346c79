// A real Redis for a test run: on a free port, with temporary data, gone with the run.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.mjs';

/** Starts a server; answers its address and how to stop it. */
export async function startRedis() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-redis-'));
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--logfile', path.join(folder, 'log')], { stdio: 'ignore' });
  let failure;
  server.once('error', error => { failure = error; });
  const ended = new Promise(resolve => server.once('exit', resolve));
  const stop = async () => {
    server.kill('SIGKILL');
    if (!failure) await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => server.kill('SIGKILL'));
  for (const until = Date.now() + 20000; ;) {
    if (await answers(port)) return { address: `127.0.0.1:${port}`, stop };
    if (failure || server.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`redis-server did not come up (scripts/require installs it): ${failure ?? ''}`);
    }
    await sleep(20);
  }
}

function answers(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.once('data', data => { socket.destroy(); resolve(data.toString().startsWith('+PONG')); });
    socket.once('error', () => resolve(false));
  });
}

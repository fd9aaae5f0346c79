import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.mjs', import.meta.url));

// Below the ports that outgoing connections draw from, so that none is taken between the look and the listening.
export async function freePort() {
  for (;;) {
    const port = 19_500 + Math.floor(Math.random() * 500);
    const server = net.createServer();
    const free = await new Promise((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (free) {
      server.close();
      await once(server, 'close');
      return port;
    }
  }
}

const running = new Set();

/** Ends what a failed test may have left running. */
export function killAll() {
  for (const child of running) {
    child.kill('SIGKILL');
  }
}

/** The service as a process of its own; started when this returns and it says that it is ready. */
export async function startService(sidecar, env = {}) {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH, APP_PORT: String(sidecar.appPort), DAPR_HTTP_PORT: String(sidecar.port),
      APP_API_TOKEN: sidecar.appToken, SHIPPING_DELAY: '1500ms', ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const log = [];
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const ready = new Promise((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      log.push(line);
      if (line.includes('Shipping is ready')) {
        resolve(true);
      }
    });
    createInterface(child.stderr).on('line', (line) => log.push(line));
  });

  const started = await Promise.race([ready, exited.then(() => false)]);
  return {
    child, log, started, exited,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return exited;
    },
  };
}

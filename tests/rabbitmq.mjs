// A real RabbitMQ for a test run: on free ports, with a name service (epmd), a home and data of its own, gone with the run.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './ports.mjs';

const installed = '/usr/lib/rabbitmq/lib';

/** Starts a server; answers its URL and how to stop it. */
export async function startRabbitMq() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-rabbitmq-'));
  const [port, names, cluster] = [await freePort(), await freePort(), await freePort()];
  fs.writeFileSync(path.join(folder, 'enabled_plugins'), '[].\n');
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `tandem${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(cluster),
    RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log'),
    RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}',
  };
  // The node would start a name service of its own, which would stay when the node is gone.
  const processes = [];
  let failure;
  const start = (program, args) => {
    const child = spawn(program, args, { env, cwd: folder, stdio: 'ignore', detached: true });
    child.once('error', error => { failure = error; });
    processes.push({ child, ended: new Promise(resolve => child.once('exit', resolve).once('error', resolve)) });
    return child;
  };
  // The server's script starts the server as its child: all of the group go together.
  const kill = () => {
    for (const { child } of processes) {
      try { process.kill(-child.pid, 'SIGKILL'); } catch { /* gone already, or never there */ }
    }
  };
  const stop = async () => {
    kill();
    await Promise.all(processes.map(each => each.ended));
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  process.once('exit', kill);
  start('epmd', ['-port', String(names), '-address', '127.0.0.1']);
  await until(() => connects(names), () => failure, stop);
  const server = start(program(), []);
  await until(() => answers(port), () => failure ?? (server.exitCode !== null ? `it ended with ${server.exitCode}` : undefined), stop);
  return { url: `amqp://guest:guest@127.0.0.1:${port}`, stop };
}

// What Debian puts on the path changes to the user rabbitmq first, who may not see a temporary folder.
function program() {
  const versions = fs.existsSync(installed) ? fs.readdirSync(installed).filter(name => name.startsWith('rabbitmq_server-')).sort() : [];
  return versions.length ? path.join(installed, versions.at(-1), 'sbin/rabbitmq-server') : 'rabbitmq-server';
}

async function until(isUp, failed, stop) {
  for (const end = Date.now() + 90000; !await isUp(); await sleep(50)) {
    const failure = failed();
    if (failure || Date.now() > end) {
      await stop();
      throw new Error(`rabbitmq-server did not come up (scripts/require installs it): ${failure ?? 'it took too long'}`);
    }
  }
}

function connects(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

// A server that is up answers the protocol's header with its first frame.
function answers(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
    socket.once('data', data => { socket.destroy(); resolve(data[0] === 1); });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

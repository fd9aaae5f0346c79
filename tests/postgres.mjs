// A real PostgreSQL for a test run: on a free port, with temporary data, gone with the run.
import { execFile, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './ports.mjs';

const run = promisify(execFile);
const password = 'not-so-secret';

/** Starts a server; answers its connection string and how to stop it. */
export async function startPostgres() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-postgres-'));
  const port = await freePort();
  const data = path.join(folder, 'data');
  fs.writeFileSync(path.join(folder, 'password'), password);
  // The server refuses to run as root; then it runs as the user that its package made.
  const asUser = process.getuid() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : ['env'];
  let server;
  let failure;
  let ended = Promise.resolve();
  const stop = async () => {
    server?.kill('SIGQUIT'); // at once, and its children with it
    if (!failure) await ended;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (process.getuid() === 0) await run('chown', ['-R', 'postgres:postgres', folder]);
    await run(asUser[0], [...asUser.slice(1), program('initdb'), '-D', data, '-U', 'tandem', '-A', 'scram-sha-256', `--pwfile=${path.join(folder, 'password')}`, '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']);
    const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories=', 'fsync=off'].flatMap(setting => ['-c', setting]);
    server = spawn(asUser[0], [...asUser.slice(1), program('postgres'), '-D', data, ...settings], { stdio: ['ignore', 'ignore', fs.openSync(path.join(folder, 'log'), 'w')] });
    server.once('error', error => { failure = error; });
    ended = new Promise(resolve => server.once('exit', resolve));
    process.once('exit', () => server.kill('SIGQUIT'));
    for (const until = Date.now() + 30000; ;) {
      if (await answers(port)) return { dsn: `host=127.0.0.1 port=${port} user=tandem password=${password} dbname=postgres sslmode=disable`, stop };
      if (failure || server.exitCode !== null || Date.now() > until) throw failure ?? new Error(fs.readFileSync(path.join(folder, 'log'), 'utf8'));
      await sleep(20);
    }
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not come up (scripts/require installs it): ${error.message}`);
  }
}

function program(name) {
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql').sort().reverse() : [];
  return versions.map(version => `/usr/lib/postgresql/${version}/bin/${name}`).find(file => fs.existsSync(file)) ?? name;
}

async function answers(port) {
  try {
    await run(program('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]);
    return true;
  } catch {
    return false;
  }
}

#!/usr/bin/env node
// Starts the servers of a folder of components/ that are found on this machine, with their data under .tandem/infra/, or says what to
// install. What answers already is used as it is.
//
//   node scripts/infra.mjs up|down embedded|redis|kafka|postgres|rabbitmq
import { spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const home = path.join(root, '.tandem/infra');
const patience = 90_000;
const isRoot = process.getuid?.() === 0;

// User and password are those of components/*/secrets.json: for development, on this machine's own address.
const user = 'tandem';
const password = 'tandem';
const databases = ['product', 'order', 'payment', 'notification', 'identity', 'analytics'];

const servers = {
  redis: {
    port: 6379,
    install: "Debian's package redis-server:  scripts/require redis-server",
    find: () => onPath('redis-server'),
    start: (program, folder) => [launch(program, ['--port', '6379', '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'], folder)],
  },
  rabbitmq: {
    port: 5672,
    install: "Debian's package rabbitmq-server:  scripts/require rabbitmq-server",
    // What Debian puts on the path changes to the user rabbitmq, who may not write here.
    find: () => newest('/usr/lib/rabbitmq/lib', 'rabbitmq_server-', 'sbin/rabbitmq-server') ?? onPath('rabbitmq-server'),
    start: startRabbitMq,
  },
  kafka: {
    port: 9092,
    install: 'Apache Kafka 3.7 or newer from https://kafka.apache.org/downloads, unpacked, with KAFKA_HOME naming its folder (it needs Java 17), or use deploy/compose/kafka.yaml',
    find: () => process.env.KAFKA_HOME && executable(path.join(process.env.KAFKA_HOME, 'bin/kafka-server-start.sh')),
    start: startKafka,
  },
  postgres: {
    port: 5432,
    install: "Debian's package postgresql:  scripts/require postgresql:psql",
    // Ends without waiting for its clients to go.
    stopWith: 'SIGINT',
    find: () => newest('/usr/lib/postgresql', '', 'bin/postgres') ?? onPath('postgres'),
    start: startPostgres,
  },
};

const infrastructures = { embedded: [], redis: ['redis'], kafka: ['kafka', 'redis'], postgres: ['postgres', 'redis'], rabbitmq: ['rabbitmq', 'redis'] };

const [verb, infra] = process.argv.slice(2);
if (!['up', 'down'].includes(verb) || !infrastructures[infra]) {
  console.error(`usage: node scripts/infra.mjs up|down ${Object.keys(infrastructures).join('|')}`);
  process.exit(2);
}
try {
  await (verb === 'up' ? up() : down());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function up() {
  const names = infrastructures[infra];
  if (names.length === 0) console.log(`${infra} needs no server`);
  const down = [];
  for (const name of names) {
    if (await answers(servers[name].port)) console.log(`${name}: 127.0.0.1:${servers[name].port} answers already, and is used as it is`);
    else down.push(name);
  }
  // Said of all at once, before anything is started.
  const missing = down.filter(name => !servers[name].find());
  if (missing.length) throw new Error(['Not found on this machine; please install:', ...missing.map(name => `  ${name}: ${servers[name].install}`)].join('\n'));
  for (const name of down) await start(name, servers[name]);
}

async function start(name, server) {
  const folder = path.join(home, name);
  fs.mkdirSync(folder, { recursive: true });
  // What a server that crashed has left behind.
  await stop(name);
  const processes = await server.start(server.find(), folder);
  fs.writeFileSync(path.join(folder, 'pids'), processes.map(each => `${each.pid} ${bornAt(each.pid)}`).join('\n'));
  for (const end = Date.now() + patience; !await answers(server.port); await sleep(100)) {
    const ended = processes.some(each => each.exitCode !== null || each.failure);
    if (ended || Date.now() > end) {
      await stop(name);
      throw new Error(`${name} did not come up: see ${path.relative(root, path.join(folder, 'log'))}`);
    }
  }
  await server.prepare?.(folder);
  for (const each of processes) each.unref();
  console.log(`${name}: up at 127.0.0.1:${server.port}, data in ${path.relative(root, folder)}`);
}

async function down() {
  for (const name of infrastructures[infra]) await stop(name, true);
}

async function stop(name, saysSo) {
  const file = path.join(home, name, 'pids');
  // A number may be somebody else's by now: only a process that began when ours did is ours.
  const pids = fs.existsSync(file)
    ? fs.readFileSync(file, 'utf8').split('\n').map(line => line.split(' ')).filter(([pid, born]) => born && bornAt(pid) === born).map(([pid]) => Number(pid))
    : [];
  for (const pid of pids) signal(pid, servers[name].stopWith ?? 'SIGTERM');
  for (const end = Date.now() + 20_000; pids.some(isAlive); await sleep(100)) {
    if (Date.now() > end) for (const pid of pids) signal(pid, 'SIGKILL');
  }
  fs.rmSync(file, { force: true });
  if (saysSo) console.log(pids.length ? `${name}: stopped; its data stay in ${path.relative(root, path.dirname(file))}` : `${name}: not started from here`);
}

function startRabbitMq(program, folder) {
  // A name service and a home of its own, so that another RabbitMQ of this machine is left alone.
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: '5674',
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: 'tandem@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: '5672',
    RABBITMQ_DIST_PORT: '5675',
    RABBITMQ_MNESIA_BASE: path.join(folder, 'data'),
    RABBITMQ_LOG_BASE: path.join(folder, 'log.d'),
    RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: path.join(folder, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'enabled_plugins'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
  };
  fs.writeFileSync(path.join(folder, 'enabled_plugins'), '[].\n');
  fs.writeFileSync(path.join(folder, 'rabbitmq.conf'), `default_user = ${user}\ndefault_pass = ${password}\n`);
  const names = launch('epmd', ['-port', '5674', '-address', '127.0.0.1'], folder, { env });
  return [launch(program, [], folder, { env }), names];
}

function startKafka(program, folder) {
  const bin = path.dirname(program);
  const config = path.join(folder, 'server.properties');
  fs.writeFileSync(config, `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
advertised.listeners=PLAINTEXT://localhost:9092
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.dirs=${path.join(folder, 'data')}
`);
  const env = { ...process.env, LOG_DIR: path.join(folder, 'log.d') };
  if (!fs.existsSync(path.join(folder, 'data/meta.properties'))) {
    // A cluster's ID is sixteen bytes in base64, as Kafka writes them.
    const id = crypto.randomBytes(16).toString('base64url');
    run(path.join(bin, 'kafka-storage.sh'), ['format', '--cluster-id', id, '--config', config], { env });
  }
  return [launch(program, [config], folder, { env })];
}

function startPostgres(program, folder) {
  const bin = path.dirname(program);
  const data = path.join(folder, 'data');
  // PostgreSQL does not run as root: Debian's user postgres does it then.
  const as = isRoot ? ids('postgres') : {};
  if (isRoot) fs.chownSync(folder, as.uid, as.gid);
  if (!fs.existsSync(path.join(data, 'PG_VERSION'))) {
    const file = path.join(folder, 'password');
    fs.writeFileSync(file, password, { mode: 0o600 });
    if (isRoot) fs.chownSync(file, as.uid, as.gid);
    run(path.join(bin, 'initdb'), ['--pgdata', data, '--username', user, '--pwfile', file, '--auth', 'scram-sha-256', '--encoding', 'UTF8'], { ...as, cwd: folder });
    fs.rmSync(file);
  }
  servers.postgres.prepare = () => {
    for (const database of databases) {
      const result = spawnSync(path.join(bin, 'createdb'), ['--host', '127.0.0.1', '--port', '5432', '--username', user, database], { env: { ...process.env, PGPASSWORD: password }, encoding: 'utf8' });
      if (result.status !== 0 && !/already exists/.test(result.stderr)) throw new Error(`postgres: ${result.stderr.trim()}`);
    }
    spawnSync(path.join(bin, 'createdb'), ['--host', '127.0.0.1', '--port', '5432', '--username', user, user], { env: { ...process.env, PGPASSWORD: password } });
    // The settings' table and its trigger, for configstore.
    run(path.join(bin, 'psql'), ['--host', '127.0.0.1', '--port', '5432', '--username', user, '--quiet', '--set', 'ON_ERROR_STOP=1', '--file', path.join(root, 'components/postgres/setup.sql'), user], { env: { ...process.env, PGPASSWORD: password } });
  };
  return [launch(program, ['-D', data, '-p', '5432', '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${folder}`], folder, as)];
}

function launch(program, args, folder, options = {}) {
  const log = fs.openSync(path.join(folder, 'log'), 'a');
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', log, log], detached: true, ...options });
  child.once('error', error => { child.failure = error; fs.writeSync(log, `${error}\n`); });
  return child;
}

function run(program, args, options) {
  const result = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (result.status !== 0) throw new Error(`${path.basename(program)}: ${result.error ?? (result.stderr || result.stdout).trim()}`);
}

function ids(name) {
  const number = what => Number(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout);
  return { uid: number('-u'), gid: number('-g') };
}

function onPath(name) {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin'].map(folder => path.join(folder, name)).find(executable);
}

function newest(folder, prefix, program) {
  const versions = fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name.startsWith(prefix)) : [];
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).map(version => path.join(folder, version, program)).filter(executable).at(-1);
}

function executable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return file;
  } catch {
    return undefined;
  }
}

// The process group, as a server's script starts the server as its child.
function signal(pid, name) {
  try { process.kill(-pid, name); } catch { /* gone already */ }
}

function isAlive(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

// When a process began, in the kernel's ticks: with its number it names one process and no other. Elsewhere than on Linux ps says it.
function bornAt(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19];
  } catch {
    return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim().replace(/\s+/g, '_') || undefined;
  }
}

function answers(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); });
    socket.once('error', () => resolve(false));
  });
}

// Plays the interoperability tests of gRPC: each client against each server of another kind, on free ports of this machine, and ours
// against ours. `--all` plays the pairs without ours too, which shows that it is gRPC that the scenarios describe.
//
//   node tests/interop.mjs [--all] [CLIENT-SERVER ...]      such as python-tandem
import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freePort } from './ports.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(here, 'Tandem.Grpc.Interop');
const built = path.join(here, '../artifacts/build/bin/Tandem.Grpc.Interop/release');
const patience = 60_000;
// Debian's own Python: the one that Debian's packages are installed for.
const peers = {
  tandem: { server: [path.join(built, 'Tandem.Grpc.Interop'), 'server'], client: [path.join(built, 'Tandem.Grpc.Interop')] },
  python: { server: ['/usr/bin/python3', path.join(folder, 'python/server.py')], client: ['/usr/bin/python3', path.join(folder, 'python/client.py')] },
  node: { server: ['node', path.join(folder, 'node/server.mjs')], client: ['node', path.join(folder, 'node/client.mjs')] },
};
const reflection = 'only our server has it';
// What a pair cannot show, and why: neither counts as a test.
const notIn = (client, server) => ({
  // The specification lets a sender join values by commas, and HttpClient can do no other; grpcio's core takes a comma for bad base64.
  ...(client === 'tandem' && server === 'python' ? { 'metadata: repeated binary keys': 'grpcio does not read values that are joined by commas' } : {}),
  ...(server === 'tandem' ? {} : { 'reflection v1': reflection, 'reflection v1alpha': reflection }),
});
const environment = { ...process.env, INTEROP_PROTOSET: path.join(built, 'interop.protoset'), PYTHONDONTWRITEBYTECODE: '1', GRPC_VERBOSITY: 'NONE' };
const running = new Set();
process.on('exit', () => { for (const child of running) child.kill('SIGKILL'); });

/** Plays the pairs (all with a part of ours, when none is named); answers { passed, failed }. */
export async function interop(chosen = [], { all = false } = {}) {
  const total = { passed: 0, failed: 0 };
  for (const client of Object.keys(peers)) {
    for (const server of Object.keys(peers)) {
      if (chosen.length ? !chosen.includes(`${client}-${server}`) : !all && client !== 'tandem' && server !== 'tandem') continue;
      console.log(`--- ${client} calls ${server}`);
      for (const part of [scenarios, lifecycle]) {
        const { passed, failed } = await part(client, server).catch(error => { console.log(`FAIL ${part.name}: ${error.message}`); return { passed: 0, failed: 1 }; });
        total.passed += passed;
        total.failed += failed;
      }
    }
  }
  if (total.passed === 0) total.failed++;
  return total;
}

async function scenarios(client, kind) {
  const server = await startServer(kind);
  const relay = await countingRelay(server.ports.gzip);
  try {
    const settings = { plain: `127.0.0.1:${server.ports.plain}`, large: `127.0.0.1:${server.ports.large}`, gzip: `127.0.0.1:${relay.port}`, absent: `127.0.0.1:${await freePort()}`, skip: notIn(client, kind) };
    const run = start([...peers[client].client, 'run', JSON.stringify(settings)]);
    let last = '';
    for await (const line of run.lines) { console.log(line); last = line; }
    await run.ended;
    const [, passed, failed] = /^(\d+) passed, (\d+) failed$/.exec(last) ?? [0, 0, 1];
    const result = { passed: Number(passed), failed: Number(failed) };
    // What passed there were megabytes of zeros: compressed, they are some kilobytes. (grpc-js' server compresses nothing.)
    for (const way of kind === 'node' ? ['sent'] : ['sent', 'received']) {
      const small = relay[way] > 0 && relay[way] < 500_000;
      result[small ? 'passed' : 'failed']++;
      console.log(`${small ? 'ok  ' : 'FAIL'} gzip: the client ${way} ${relay[way]} bytes`);
    }
    const errors = kind === 'tandem' ? server.errors() : ''; // ours has nothing to complain of; grpcio tells every reset
    if (errors) { result.failed++; console.log(`FAIL the server wrote: ${errors.slice(0, 3000)}`); }
    return result;
  } finally {
    relay.close();
    await server.kill();
  }
}

// A server that is stopped while a call is open, comes back on its port, and is killed.
async function lifecycle(client, kind) {
  const port = await freePort();
  let server = await startServer(kind, port);
  const run = start([...peers[client].client, 'lifecycle', JSON.stringify({ plain: `127.0.0.1:${port}` })]);
  const lines = run.lines[Symbol.asyncIterator]();
  const hear = async word => { const { value } = await within(lines.next(), `the client said '${word}'`); if (value !== word) throw new Error(`the client said ${value} instead of ${word}; ${run.errors()}`); };
  const tell = word => run.child.stdin.write(`${word}\n`);
  try {
    await hear('open');
    server.child.kill('SIGTERM');
    await noLongerListens(port);
    tell('stopping');
    await hear('done');
    await within(server.ended, 'the server ended once its last call had');
    tell('stopped');
    await hear('gone');
    server = await startServer(kind, port);
    tell('started');
    await hear('back');
    await server.kill();
    tell('killed');
    await hear('ended');
    await run.ended;
    console.log('ok   a server that stops, comes back and dies');
    return { passed: 1, failed: 0 };
  } finally {
    run.child.kill('SIGKILL');
    await server.kill();
  }
}

async function startServer(kind, port) {
  const server = start([...peers[kind].server, ...port ? [String(port)] : []]);
  const lines = server.lines[Symbol.asyncIterator]();
  const { value } = await within(lines.next(), `the ${kind} server listens`);
  if (!value?.startsWith('listening ')) throw new Error(`the ${kind} server did not start: ${value ?? ''} ${server.errors()}`);
  const kill = async () => { server.child.kill('SIGKILL'); await server.ended; };
  return { ...server, ports: JSON.parse(value.slice('listening '.length)), kill };
}

function start([command, ...args]) {
  const child = spawn(command, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  let errors = '';
  child.stderr.on('data', chunk => { errors += chunk; });
  child.stdin.on('error', () => {}); // it ended before it was told everything
  const ended = new Promise(resolve => {
    child.once('error', error => { errors += error; resolve(); });
    child.once('close', resolve);
  }).then(() => running.delete(child));
  return { child, ended, errors: () => errors, lines: readline.createInterface({ input: child.stdout }) };
}

// Passes on what comes, and counts it.
async function countingRelay(to) {
  const relay = { sent: 0, received: 0 };
  const sockets = new Set();
  const server = net.createServer(near => {
    const far = net.connect(to, '127.0.0.1');
    near.on('data', chunk => { relay.sent += chunk.length; });
    far.on('data', chunk => { relay.received += chunk.length; });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) { sockets.add(socket); socket.on('error', () => { near.destroy(); far.destroy(); }); }
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  relay.port = server.address().port;
  relay.close = () => { for (const socket of sockets) socket.destroy(); server.close(); };
  return relay;
}

async function noLongerListens(port) {
  const until = Date.now() + patience;
  while (await new Promise(resolve => { const socket = net.connect(port, '127.0.0.1', () => { socket.destroy(); resolve(true); }).once('error', () => resolve(false)); })) {
    if (Date.now() > until) throw new Error('the server still listens after it was told to stop');
    await new Promise(resolve => { setTimeout(resolve, 20); });
  }
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`this did not happen within ${patience / 1000} s: ${what}`)), patience); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const result = await interop(args.filter(arg => arg !== '--all'), { all: args.includes('--all') });
  console.log(`${result.passed} passed, ${result.failed} failed`);
  process.exit(result.failed ? 1 : 0);
}

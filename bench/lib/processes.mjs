// Processes that are measured: started on free ports, watched through /proc, stopped by id.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const running = new Set();
const given = new Set();

/** A loopback port that nothing listens on, each only once: who gets one opens it later. */
export async function freePort() {
  for (;;) {
    const port = await new Promise((resolve, reject) => {
      const server = net.createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
    });
    if (!given.has(port)) return given.add(port) && port;
  }
}

/** Starts a program; `output` gathers what it says. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  child.output = '';
  child.stdout.on('data', chunk => { child.output = (child.output + chunk).slice(-20000); });
  child.stderr.on('data', chunk => { child.output = (child.output + chunk).slice(-20000); });
  child.ended = new Promise(resolve => { child.once('exit', (code, signal) => { running.delete(child); resolve(code ?? signal); }); child.once('error', error => resolve(error.message)); });
  running.add(child);
  return child;
}

/** Ends a program and waits until it is gone. */
export async function stop(child) {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 10000);
  await child.ended;
  clearTimeout(late);
}

/** Ends everything that was started. */
export const stopAll = () => Promise.all([...running].map(stop));

/** Waits until a URL answers with success; fails when its process ends before that. */
export async function untilReady(url, child, seconds = 30) {
  const until = Date.now() + seconds * 1000;
  let ended;
  child.ended.then(code => { ended = code; });
  for (;;) {
    if (ended !== undefined) throw new Error(`${child.spawnargs.join(' ')} ended with ${ended}:\n${child.output}`);
    try { if ((await fetch(url)).ok) return; } catch { /* nothing listens yet */ }
    if (Date.now() > until) throw new Error(`${url} did not answer in ${seconds} s:\n${child.output}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** CPU seconds that a process and its children (nginx's workers) have used. */
export function cpuSeconds(pid) {
  return [pid, ...childrenOf(pid)].reduce((sum, id) => sum + ownCpuSeconds(id), 0);
}

/** CPU seconds that a process alone has used. */
export function ownCpuSeconds(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Resident memory of a process in MB. */
export function residentMegabytes(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Memory of a process in MB, with what it shares with others counted by its share (PSS). */
export function proportionalMegabytes(pid) {
  return Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]) / 1024;
}

function childrenOf(pid) {
  return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

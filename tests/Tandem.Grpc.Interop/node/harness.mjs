// Runs scenarios one after another, each with a limit, and prints a line for each.
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import { Health, Interop, states } from './protos.mjs';

const limit = 60_000;
const scenarios = [];
let ids = 0;

export const scenario = (name, run) => scenarios.push({ name, run });
export const newId = () => `node-${ids++}`;
export const equal = (actual, expected, what) => {
  if (shorten(actual) !== shorten(expected)) throw new Error(`${what ?? 'value'}: expected ${shorten(expected)}, got ${shorten(actual)}`);
};
export const { ok: yes } = assert;
export const sleep = ms => new Promise(done => setTimeout(done, ms));

function shorten(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length})` : text;
}

export const request = (payload, plan) => ({ payload: Buffer.from(payload ?? ''), plan });

/** Metadata from pairs; `x-call-id` and the like. */
export function metadata(...pairs) {
  const made = new grpc.Metadata();
  for (const [key, value] of pairs) made.add(key, value);
  return made;
}

/** The service through one channel. */
export function connect(target, options = {}) {
  const settings = { 'grpc.use_local_subchannel_pool': 1, ...options };
  const stub = new Interop(target, grpc.credentials.createInsecure(), settings);
  stub.health = new Health(target, grpc.credentials.createInsecure(), settings);
  stub.settings = settings;
  stub.target = target;
  return stub;
}

// A call's parts as promises: initial metadata, status with trailers, replies. Nothing is left unhandled.
function follow(call) {
  call.replies = [];
  call.initial = new Promise(resolve => call.once('metadata', resolve));
  call.status = new Promise(resolve => call.once('status', resolve));
  call.on('error', () => {}); // it is in the status as well
  return call;
}

/** Begins a unary call; `reply` settles with it. */
export function unary(stub, message, { meta = metadata(), deadline, method = 'Unary' } = {}) {
  let call;
  const reply = new Promise((resolve, reject) => { call = stub[method](message, meta, options(deadline), (error, value) => error ? reject(error) : resolve(value)); });
  reply.catch(() => {});
  return Object.assign(follow(call), { reply });
}

/** Begins a call with a stream of requests and one reply; the caller ends it unless the messages are given. */
export function clientStream(stub, messages, { meta = metadata(), deadline } = {}) {
  let call;
  const reply = new Promise((resolve, reject) => { call = stub.ClientStream(meta, options(deadline), (error, value) => error ? reject(error) : resolve(value)); });
  reply.catch(() => {});
  follow(call);
  if (messages) { for (const message of messages) call.write(message); call.end(); }
  return Object.assign(call, { reply });
}

export const serverStream = (stub, message, { meta = metadata(), deadline } = {}) => follow(stub.ServerStream(message, meta, options(deadline)));

export function duplex(stub, messages, { meta = metadata(), deadline } = {}) {
  const call = follow(stub.Duplex(meta, options(deadline)));
  if (messages) { for (const message of messages) call.write(message); call.end(); }
  return call;
}

const options = deadline => deadline === undefined ? {} : { deadline: Date.now() + deadline };

/** All replies that are still to come, and the status. */
export async function collect(call) {
  const replies = [];
  call.on('data', reply => replies.push(reply)).resume();
  const status = await call.status;
  return { replies, ...status };
}

/** The next reply, or undefined at the end. */
export function next(call) {
  return new Promise(resolve => {
    const done = reply => { call.off('data', done); call.off('end', ended); call.off('error', ended); call.pause(); resolve(reply); };
    const ended = () => done(undefined);
    call.once('data', done); call.once('end', ended); call.once('error', ended);
    call.resume();
  });
}

/** The status that the call ends with, whatever it answers before. */
export async function ends(call, code, what) {
  call.resume?.();
  const status = await call.status;
  equal(grpc.status[status.code], code, `status (${status.details}) ${what ?? ''}`);
  return status;
}

export const rpc = (stub, method, message) => new Promise((resolve, reject) => stub[method](message, metadata(), { deadline: Date.now() + 20_000 }, (error, reply) => error ? reject(error) : resolve(reply)));
export const observe = (stub, call_id, wanted = {}) => rpc(stub, 'Observe', { call_id, ...wanted, state: wanted.state ? states[wanted.state] : 0 });
export const release = (stub, call_id) => rpc(stub, 'Release', { call_id });

export async function run(env, skipped) {
  let passed = 0, failed = 0;
  for (const { name, run: test } of scenarios) {
    if (name in skipped) { console.log(`skip ${name}: ${skipped[name]}`); continue; }
    const begun = performance.now();
    let timer;
    try {
      await Promise.race([test(env), new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no end after ${limit / 1000} s`)), limit); })]);
      passed++;
      console.log(`ok   ${name} (${(performance.now() - begun).toFixed(0)} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${String(error.message).replaceAll('\n', ' ')} (${/scenarios-\w+\.mjs:\d+/.exec(error.stack)?.[0] ?? ''})`);
    }
    clearTimeout(timer);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed;
}

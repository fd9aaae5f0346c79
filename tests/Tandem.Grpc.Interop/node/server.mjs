// The Node.js server of the interoperability tests (@grpc/grpc-js).
//
//   node server.mjs [PORT]      PORT of the server with the usual limits; a free one without
import { once } from 'node:events';
import grpc from '@grpc/grpc-js';
import { Health, Interop, errorDetails, large, serviceName, states } from './protos.mjs';

// Something to wait on: whoever waits looks again when it was told.
class Signal {
  #waiting = new Set();
  tell() { for (const look of [...this.#waiting]) look(); }
  until(condition) {
    return new Promise(resolve => {
      const look = () => { if (condition()) { this.#waiting.delete(look); resolve(); } };
      this.#waiting.add(look);
      look();
    });
  }
}

class Call {
  state = 0; received = 0; sent = 0; deadline_ms = -1; user_agent = ''; released = false;
  signal = new Signal();
  change(changes) { Object.assign(this, changes); this.signal.tell(); }
  observation() { const { state, received, sent, deadline_ms, user_agent } = this; return { state, received, sent, deadline_ms, user_agent }; }
}

const calls = new Map();
function callOf(id) {
  if (!calls.has(id)) calls.set(id, new Call());
  return calls.get(id);
}

class Ended extends Error {}

// Runs a handler: what it needs to know, and the error or the cancellation it ends in.
async function serve(stream, handle) {
  const { metadata } = stream;
  const id = metadata.get('x-call-id')[0];
  const call = id ? callOf(id) : new Call();
  const deadline = stream.getDeadline();
  const left = deadline === Infinity ? -1 : (deadline instanceof Date ? deadline.getTime() : deadline) - Date.now();
  const pick = prefix => {
    const picked = new grpc.Metadata();
    for (const key of [prefix, `${prefix}-bin`]) for (const value of metadata.get(key)) picked.add(key, value);
    return picked;
  };
  const trailers = pick('x-trailing');
  let headersSent = false;
  const headers = () => { if (!headersSent) { headersSent = true; stream.sendMetadata(pick('x-initial')); } };
  stream.once('cancelled', () => { if (call.state === states.running) call.change({ state: states.cancelled, released: true }); });
  call.change({ state: states.running, deadline_ms: left, user_agent: metadata.get('user-agent')[0] ?? '' });
  if (metadata.get('x-headers-first').length) headers();
  const hold = async (plan, count) => {
    if (plan?.hold && plan.hold_after === count) await call.signal.until(() => call.released);
    if (stream.cancelled) throw new Ended();
  };
  const finish = plan => {
    if (!plan?.status_code) return;
    if (plan.details) trailers.add('grpc-status-details-bin', errorDetails(plan.status_code, plan.status_message));
    throw Object.assign(new Error(), { code: plan.status_code, details: plan.status_message, metadata: trailers });
  };
  const write = async payload => {
    headers();
    const more = stream.write({ payload, received: call.received });
    call.change({ sent: call.sent + 1 });
    if (!more && !stream.cancelled) await Promise.race([once(stream, 'drain'), call.signal.until(() => stream.cancelled)]);
    if (stream.cancelled) throw new Ended();
  };
  try {
    await handle({ call, trailers, headers, hold, finish, write });
    if (!stream.cancelled) call.change({ state: states.completed });
  } catch (error) {
    if (error instanceof Ended || stream.cancelled) return undefined;
    call.change({ state: states.completed });
    return error;
  }
}

async function unary(stream, answer) {
  let reply, last;
  const error = await serve(stream, async ({ call, trailers, headers, hold, finish }) => {
    const { payload, plan } = stream.request;
    call.change({ received: 1 });
    await hold(plan, 0);
    finish(plan); // before the headers: an answer of trailers only
    headers();
    call.change({ sent: 1 });
    last = trailers;
    reply = { payload: plan?.reply_sizes.length ? Buffer.alloc(plan.reply_sizes[0]) : payload, received: 1, received_bytes: payload.length };
  });
  answer(error ?? null, reply, last);
}

async function serverStream(stream) {
  let last;
  const error = await serve(stream, async ({ call, trailers, hold, finish, write }) => {
    const { plan } = stream.request;
    call.change({ received: 1 });
    await hold(plan, 0);
    for (const [i, size] of (plan?.reply_sizes ?? []).entries()) {
      await write(Buffer.alloc(size));
      await hold(plan, i + 1);
    }
    finish(plan);
    last = trailers;
  });
  if (error) stream.emit('error', error);
  else stream.end(last);
}

// Each request, held and stopped as the first one's plan says.
async function* requests(stream, call, hold) {
  let plan;
  for await (const request of stream.iterator({ destroyOnReturn: false })) {
    plan ??= request.plan ?? {};
    call.change({ received: call.received + 1 });
    yield { plan, request };
    await hold(plan, call.received);
    if (plan.stop_after === call.received) return;
  }
  await new Promise(setImmediate); // a cancellation is told a moment after it ended the requests
  if (stream.cancelled) throw new Ended();
}

async function clientStream(stream, answer) {
  let reply, last;
  const error = await serve(stream, async ({ call, trailers, headers, hold, finish }) => {
    let bytes = 0, of;
    for await (const { plan, request } of requests(stream, call, hold)) { of = plan; bytes += request.payload.length; }
    finish(of);
    headers();
    call.change({ sent: 1 });
    last = trailers;
    reply = { payload: Buffer.alloc(of?.reply_sizes?.[0] ?? 0), received: call.received, received_bytes: bytes };
  });
  answer(error ?? null, reply, last);
}

async function duplex(stream) {
  let last;
  const error = await serve(stream, async ({ call, trailers, hold, finish, write }) => {
    const late = [];
    let of;
    for await (const { plan, request } of requests(stream, call, hold)) {
      of = plan;
      const replies = request.plan?.reply_sizes.length ? request.plan.reply_sizes.map(size => Buffer.alloc(size)) : [request.payload];
      if (plan.reply_after_half_close) late.push(...replies);
      else for (const reply of replies) await write(reply);
    }
    for (const reply of late) await write(reply);
    finish(of);
    last = trailers;
  });
  if (error) stream.emit('error', error);
  else stream.end(last);
}

const health = new Map([['', 1], [serviceName, 1]]);
const healthChanged = new Signal();
const interop = {
  Unary: unary, ServerStream: serverStream, ClientStream: clientStream, Duplex: duplex,
  async Observe({ request }, answer) {
    const call = callOf(request.call_id);
    await call.signal.until(() => (!request.state || call.state === request.state) && call.received >= request.received && call.sent >= request.sent);
    answer(null, call.observation());
  },
  Release({ request }, answer) { callOf(request.call_id).change({ released: true }); answer(null, {}); },
  SetHealth({ request }, answer) { health.set(request.service, request.serving ? 1 : 2); healthChanged.tell(); answer(null, {}); },
};
const healthService = {
  Check({ request }, answer) {
    if (health.has(request.service)) answer(null, { status: health.get(request.service) });
    else answer({ code: grpc.status.NOT_FOUND, details: 'unknown service' });
  },
  async Watch(stream) {
    for (let last; !stream.cancelled;) {
      const now = () => health.get(stream.request.service) ?? 3;
      await healthChanged.until(() => now() !== last);
      stream.write({ status: last = now() });
    }
  },
};

const servers = [], ports = {};
for (const [name, options, port] of [['plain', {}, process.argv[2] ?? 0], ['large', large, 0], ['gzip', large, 0]]) {
  const server = new grpc.Server(options);
  server.addService(Interop.service, interop);
  server.addService(Health.service, healthService);
  ports[name] = await new Promise((resolve, reject) => server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => error ? reject(error) : resolve(bound)));
  servers.push(server);
}
process.once('SIGTERM', () => Promise.all(servers.map(server => new Promise(resolve => server.tryShutdown(resolve)))).then(() => process.exit(0)));
console.log(`listening ${JSON.stringify(ports)}`);

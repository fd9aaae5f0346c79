// How calls end: statuses, details, deadlines, cancellation.
import grpc from '@grpc/grpc-js';
import { clientStream, collect, duplex, ends, equal, metadata, newId, next, observe, request, scenario, serverStream, unary, yes } from './harness.mjs';
import { readDetails } from './protos.mjs';

const codes = Object.keys(grpc.status).filter(name => Number.isNaN(Number(name)) && name !== 'OK');
const unicode = 'não, ☃ 100% \u{1f600} \t\r\nnext line';

// A call of each kind with one request.
const each = (stub, plan, options) => ({
  unary: unary(stub, request('', plan), options?.('unary')),
  server: serverStream(stub, request('', plan), options?.('server')),
  client: clientStream(stub, [request('', plan)], options?.('client')),
  duplex: duplex(stub, [request('', plan)], options?.('duplex')),
});

scenario('every status', async ({ plain }) => {
  for (const code of codes) {
    const { details } = await ends(unary(plain, request('', { status_code: grpc.status[code], status_message: `says ${code}` })), code);
    equal(details, `says ${code}`);
  }
});

scenario('a status message in any letters', async ({ plain }) => {
  for (const [kind, call] of Object.entries(each(plain, { status_code: 9, status_message: unicode }))) {
    equal((await ends(call, 'FAILED_PRECONDITION', kind)).details, unicode, kind);
  }
});

scenario('a status after replies', async ({ plain }) => {
  const { replies, code, details, metadata: trailers } = await collect(serverStream(plain, request('', { reply_sizes: [3, 4], status_code: 10, status_message: 'enough' }), { meta: metadata(['x-trailing', 't']) }));
  equal([replies.map(r => r.payload.length), code, details, trailers.get('x-trailing')], [[3, 4], grpc.status.ABORTED, 'enough', ['t']]);
});

scenario('a status and nothing else (trailers only)', async ({ plain }) => {
  const { metadata: trailers } = await ends(unary(plain, request('', { status_code: 5, status_message: 'no' }), { meta: metadata(['x-trailing', 't'], ['x-trailing-bin', Buffer.from([0, 255])]) }), 'NOT_FOUND');
  equal([trailers.get('x-trailing'), trailers.get('x-trailing-bin').map(v => v.toString('hex'))], [['t'], ['00ff']]);
});

scenario('a status after the initial metadata', async ({ plain }) => {
  const call = unary(plain, request('', { status_code: 7, status_message: 'no' }), { meta: metadata(['x-headers-first', 'y'], ['x-initial', 'i'], ['x-trailing', 't']) });
  equal((await call.initial).get('x-initial'), ['i']);
  equal((await ends(call, 'PERMISSION_DENIED')).metadata.get('x-trailing'), ['t']);
});

scenario('an error with details', async ({ plain }) => {
  for (const [kind, call] of Object.entries(each(plain, { status_code: 3, status_message: 'bad', details: true }))) {
    const { metadata: trailers } = await ends(call, 'INVALID_ARGUMENT', kind);
    equal(readDetails(trailers.get('grpc-status-details-bin')[0]), { code: 3, message: 'bad', details: [
      { BadRequest: { fieldViolations: [{ field: 'name', description: 'must not be empty' }] } },
      { ErrorInfo: { reason: 'NOT_TODAY', domain: 'tandem.example', metadata: { day: 'Sunday' } } }] }, kind);
  }
});

scenario('a method that is not there', async ({ plain }) => {
  await ends(unary(plain, request(), { method: 'Missing' }), 'UNIMPLEMENTED');
  for (const path of ['/tandem.interop.v1.Interop/Nowhere', '/no.such.Service/Unary']) {
    const same = value => value;
    const error = await new Promise(resolve => plain.makeUnaryRequest(path, same, same, Buffer.alloc(0), resolve));
    equal(grpc.status[error.code], 'UNIMPLEMENTED', path);
  }
});

// ---- deadlines ----

// A held call of each kind, each with a name of its own.
function held(stub, name, { deadline, headers } = {}) {
  const options = kind => ({ deadline, meta: metadata(['x-call-id', `${name} ${kind}`], ...(headers ? [['x-headers-first', 'y']] : [])) });
  return {
    unary: unary(stub, request('', { hold: true }), options('unary')),
    server: serverStream(stub, request('', { hold: true }), options('server')),
    client: clientStream(stub, [request('', { hold: true, hold_after: 1 })], options('client')),
    duplex: duplex(stub, [request('', { hold: true, hold_after: 1 })], options('duplex')),
  };
}

scenario('a deadline that passes', async ({ plain }) => {
  const name = newId();
  for (const [kind, call] of Object.entries(held(plain, name, { deadline: 400 }))) {
    await ends(call, 'DEADLINE_EXCEEDED', kind);
    const { deadline_ms: left } = await observe(plain, `${name} ${kind}`, { state: 'cancelled' });
    yes(left > 0 && left <= 410, `the server saw ${left} ms left of 400 (${kind})`);
  }
});

scenario('a deadline that passes between replies', async ({ plain }) => {
  const name = newId();
  const call = serverStream(plain, request('', { reply_sizes: [1, 1], hold: true, hold_after: 1 }), { deadline: 500, meta: metadata(['x-call-id', name]) });
  equal((await next(call)).payload.length, 1);
  await ends(call, 'DEADLINE_EXCEEDED');
  await observe(plain, name, { state: 'cancelled' });
});

scenario('a deadline that is already over', async ({ plain }) => {
  await ends(unary(plain, request(), { deadline: -1000 }), 'DEADLINE_EXCEEDED');
});

scenario('a deadline in time, and none', async ({ plain }) => {
  const name = newId();
  await unary(plain, request(), { deadline: 100_000, meta: metadata(['x-call-id', name]) }).reply;
  const { deadline_ms: left } = await observe(plain, name, { state: 'completed' });
  yes(left > 90_000 && left <= 102_000, `the server saw ${left} ms left of 100000`);
  await unary(plain, request(), { meta: metadata(['x-call-id', `${name}-none`]) }).reply;
  equal((await observe(plain, `${name}-none`, { state: 'completed' })).deadline_ms, -1);
});

// ---- cancellation ----

scenario('cancelled before it is sent', async ({ plain }) => {
  const call = unary(plain, request());
  call.cancel();
  await ends(call, 'CANCELLED');
});

for (const headers of [false, true]) {
  scenario(`cancelled ${headers ? 'after' : 'before'} the initial metadata`, async ({ plain }) => {
    const name = newId();
    for (const [kind, call] of Object.entries(held(plain, name, { headers }))) {
      await observe(plain, `${name} ${kind}`, { state: 'running' });
      if (headers) await call.initial;
      call.cancel();
      await ends(call, 'CANCELLED', kind);
      await observe(plain, `${name} ${kind}`, { state: 'cancelled' });
    }
  });
}

scenario('cancelled between replies', async ({ plain }) => {
  const name = newId();
  const call = serverStream(plain, request('', { reply_sizes: [1, 1, 1], hold: true, hold_after: 2 }), { meta: metadata(['x-call-id', name]) });
  equal([(await next(call)).payload.length, (await next(call)).payload.length], [1, 1]);
  call.cancel();
  await ends(call, 'CANCELLED');
  await observe(plain, name, { state: 'cancelled' });
});

scenario('cancelled while sending', async ({ plain }) => {
  for (const begin of [clientStream, duplex]) {
    const name = newId();
    const call = begin(plain, undefined, { meta: metadata(['x-call-id', name]) });
    // grpc-js ends the requests before it resets the stream: a server that reads on might take that for the whole of them.
    call.write(request('one', { hold: true, hold_after: 2 }));
    call.write(request('two'));
    await observe(plain, name, { state: 'running', received: 2 });
    call.cancel();
    await ends(call, 'CANCELLED');
    await observe(plain, name, { state: 'cancelled' });
  }
});

scenario('cancelled after the half-close', async ({ plain }) => {
  const name = newId();
  const call = duplex(plain, [request('one', { hold: true, hold_after: 1 })], { meta: metadata(['x-call-id', name]) });
  await observe(plain, name, { state: 'running', received: 1 });
  call.cancel();
  await ends(call, 'CANCELLED');
  await observe(plain, name, { state: 'cancelled' });
});

scenario('cancelled after the end changes nothing', async ({ plain }) => {
  const name = newId();
  const call = unary(plain, request('x'), { meta: metadata(['x-call-id', name]) });
  equal((await call.reply).payload.toString(), 'x');
  await ends(call, 'OK');
  call.cancel();
  await observe(plain, name, { state: 'completed' });
});

// Many calls at once, slow readers, ends while the other side still sends.
import { once } from 'node:events';
import { clientStream, collect, connect, duplex, ends, equal, metadata, newId, next, observe, release, request, scenario, serverStream, sleep, unary, yes } from './harness.mjs';

const chunk = 512 << 10, chunks = 128, streams = 1000;

scenario('1,000 streams at once', async ({ plain }) => {
  const calls = Array.from({ length: streams }, (_, i) => { const call = duplex(plain); call.write(request(`${i}`)); return call; });
  // Each has its answer while all the others are open.
  for (const [i, call] of calls.entries()) equal((await next(call)).payload.toString(), `${i}`);
  for (const call of calls) call.end();
  for (const call of calls) await ends(call, 'OK');
});

scenario('1,000 unary calls at once', async ({ plain }) => {
  const replies = await Promise.all(Array.from({ length: streams }, (_, i) => unary(plain, request(`${i}`)).reply));
  equal(replies.map(r => r.payload.toString()), Array.from({ length: streams }, (_, i) => `${i}`));
});

// The value once it has stayed the same for half a second.
async function atRest(read) {
  for (let last = await read(), same = 0; ;) {
    await sleep(100);
    const value = await read();
    same = value === last ? same + 1 : 0;
    if (same === 5) return value;
    last = value;
  }
}

scenario('a slow reader of replies holds the server back', async ({ plain }) => {
  const name = newId();
  const call = serverStream(plain, request('', { reply_sizes: Array(chunks).fill(chunk) }), { meta: metadata(['x-call-id', name]) });
  await next(call);
  const held = await atRest(async () => (await observe(plain, name, { sent: 1 })).sent);
  yes(held < chunks / 2, `the server sent ${held} of ${chunks} replies of 512 KB to a client that does not read`);
  const { replies, code } = await collect(call);
  equal([1 + replies.length, code], [chunks, 0]);
});

scenario('a slow reader of requests holds the client back', async ({ plain }) => {
  const name = newId();
  const call = clientStream(plain, undefined, { meta: metadata(['x-call-id', name]) });
  let written = 0;
  const writing = (async () => {
    for (; written < chunks; written++) {
      if (!call.write(request(Buffer.alloc(chunk), written === 0 ? { hold: true, hold_after: 1 } : undefined))) await once(call, 'drain');
    }
    call.end();
  })();
  await observe(plain, name, { received: 1 });
  const held = await atRest(async () => written);
  yes(held < chunks / 2, `${held} of ${chunks} requests of 512 KB could be written to a server that does not read`);
  await release(plain, name);
  await writing;
  equal((await call.reply).received, chunks);
});

// Writes until the call is over.
async function flood(call) {
  let over = false;
  call.once('status', () => { over = true; });
  while (!over) { call.write(request(Buffer.alloc(1000))); await new Promise(setImmediate); }
}

scenario('the server ends while the client still sends', async ({ plain }) => {
  const early = clientStream(plain);
  early.write(request('12345', { stop_after: 3 }));
  await flood(early);
  equal((await early.reply).received, 3);
  await ends(early, 'OK');

  const refused = clientStream(plain);
  refused.write(request('12345', { stop_after: 1, status_code: 8, status_message: 'full' }));
  await flood(refused);
  equal((await ends(refused, 'RESOURCE_EXHAUSTED')).details, 'full');

  const both = duplex(plain);
  both.write(request('12345', { stop_after: 1, status_code: 8, status_message: 'full' }));
  equal((await next(both)).payload.toString(), '12345');
  both.resume();
  await flood(both);
  equal((await ends(both, 'RESOURCE_EXHAUSTED')).details, 'full');

  equal((await unary(plain, request('next')).reply).payload.toString(), 'next');
});

scenario('nobody listens', async ({ settings }) => {
  const stub = connect(settings.absent);
  for (const call of [unary(stub, request()), serverStream(stub, request()), clientStream(stub, [request()]), duplex(stub, [request()])]) await ends(call, 'UNAVAILABLE');
  stub.close();
});

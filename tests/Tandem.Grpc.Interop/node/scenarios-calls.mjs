// The four kinds of call, large and empty messages, metadata, compression.
import grpc from '@grpc/grpc-js';
import { clientStream, collect, connect, duplex, ends, equal, metadata, newId, next, observe, release, request, scenario, serverStream, unary, yes } from './harness.mjs';

const megabyte = 1 << 20;
const sizes = replies => replies.map(reply => reply.payload.length);

scenario('unary', async ({ plain }) => {
  const call = unary(plain, request('hello'));
  equal((await call.reply).payload.toString(), 'hello');
  await ends(call, 'OK');
});

scenario('unary, empty messages', async ({ plain }) => {
  const { payload, received } = await unary(plain, request()).reply;
  equal([payload.length, received], [0, 1]);
});

scenario('server stream', async ({ plain }) => {
  const { replies, code } = await collect(serverStream(plain, request('', { reply_sizes: [1, 0, 1000, 31415] })));
  equal([sizes(replies), code], [[1, 0, 1000, 31415], 0]);
});

scenario('server stream without replies', async ({ plain }) => {
  const { replies, code } = await collect(serverStream(plain, request()));
  equal([replies, code], [[], 0]);
});

scenario('client stream', async ({ plain }) => {
  const { received, received_bytes } = await clientStream(plain, [27182, 8, 0, 1828].map(size => request(Buffer.alloc(size)))).reply;
  equal([received, received_bytes], [4, 29018]);
});

scenario('client stream without messages', async ({ plain }) => {
  const { received, received_bytes } = await clientStream(plain, []).reply;
  equal([received, received_bytes], [0, 0]);
});

scenario('duplex, message by message', async ({ plain }) => {
  const call = duplex(plain);
  for (const text of ['one', '', 'three']) {
    call.write(request(text));
    equal((await next(call)).payload.toString(), text);
  }
  call.end();
  equal(await next(call), undefined);
  await ends(call, 'OK');
});

scenario('duplex without messages', async ({ plain }) => {
  const { replies, code } = await collect(duplex(plain, []));
  equal([replies, code], [[], 0]);
});

scenario('duplex, replies after the half-close', async ({ plain }) => {
  const { replies, code } = await collect(duplex(plain, ['a', 'b', 'c'].map(text => request(text, { reply_after_half_close: true }))));
  equal([replies.map(r => r.payload.toString()), code], [['a', 'b', 'c'], 0]);
});

scenario('10 MB: unary', async ({ large }) => {
  const payload = Buffer.alloc(10 * megabyte, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
  yes((await unary(large, request(payload)).reply).payload.equals(payload), 'the payload came back changed');
});

scenario('10 MB: server stream', async ({ large }) => {
  const { replies, code } = await collect(serverStream(large, request('', { reply_sizes: Array(3).fill(10 * megabyte) })));
  equal([sizes(replies), code], [Array(3).fill(10 * megabyte), 0]);
});

scenario('10 MB: client stream', async ({ large }) => {
  const { received, received_bytes } = await clientStream(large, Array.from({ length: 3 }, () => request(Buffer.alloc(10 * megabyte)))).reply;
  equal([received, received_bytes], [3, 30 * megabyte]);
});

scenario('10 MB: duplex', async ({ large }) => {
  const call = duplex(large);
  for (let i = 0; i < 2; i++) {
    const payload = Buffer.alloc(10 * megabyte, Buffer.from([i, 255]));
    call.write(request(payload));
    yes((await next(call)).payload.equals(payload), 'the payload came back changed');
  }
  call.end();
  await ends(call, 'OK');
});

scenario('the server refuses more than 4 MB', async ({ settings }) => {
  const unlimited = connect(settings.plain, { 'grpc.max_send_message_length': -1 });
  await ends(unary(unlimited, request(Buffer.alloc(5 * megabyte))), 'RESOURCE_EXHAUSTED');
  await ends(clientStream(unlimited, [request('small'), request(Buffer.alloc(5 * megabyte))]), 'RESOURCE_EXHAUSTED');
  equal((await unary(unlimited, request('next')).reply).payload.toString(), 'next');
  unlimited.close();
});

scenario('the client refuses more than 4 MB', async ({ plain }) => {
  await ends(unary(plain, request('', { reply_sizes: [5 * megabyte] })), 'RESOURCE_EXHAUSTED');
  await ends(serverStream(plain, request('', { reply_sizes: [10, 5 * megabyte] })), 'RESOURCE_EXHAUSTED');
  equal((await unary(plain, request('next')).reply).payload.toString(), 'next');
});

const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const sent = () => metadata(['x-initial', 'a value, with = and ~'], ['x-initial', 'second'], ['x-initial-bin', binary],
  ['x-trailing', 't1'], ['x-trailing', 't2'], ['x-trailing-bin', binary.subarray(1)]);
// Repeated values may come as one, joined by commas.
const text = (of, key) => of.get(key).join(', ').replaceAll(', ', ',');
const bytes = (of, key) => of.get(key).map(value => value.toString('hex'));

async function checkMetadata(call) {
  const initial = await call.initial, { metadata: trailing } = await ends(call, 'OK');
  equal(text(initial, 'x-initial'), 'a value,with = and ~,second', 'initial metadata');
  equal(bytes(initial, 'x-initial-bin'), [binary.toString('hex')], 'binary initial metadata');
  equal(text(trailing, 'x-trailing'), 't1,t2', 'trailers');
  equal(bytes(trailing, 'x-trailing-bin'), [binary.subarray(1).toString('hex')], 'binary trailers');
}

scenario('metadata: unary', ({ plain }) => checkMetadata(unary(plain, request('x'), { meta: sent() })));
scenario('metadata: server stream', ({ plain }) => checkMetadata(serverStream(plain, request('', { reply_sizes: [1, 2] }), { meta: sent() })));
scenario('metadata: client stream', ({ plain }) => checkMetadata(clientStream(plain, [request('x')], { meta: sent() })));
scenario('metadata: duplex', ({ plain }) => checkMetadata(duplex(plain, [request('x')], { meta: sent() })));

scenario('metadata: repeated binary keys', async ({ plain }) => {
  const values = [Buffer.from([0]), binary, Buffer.alloc(0), Buffer.from([255, 254]), Buffer.alloc(0)];
  const call = unary(plain, request('x'), { meta: metadata(...['x-initial-bin', 'x-trailing-bin'].flatMap(key => values.map(value => [key, value]))) });
  const expected = values.map(value => value.toString('hex'));
  equal([bytes(await call.initial, 'x-initial-bin'), bytes((await ends(call, 'OK')).metadata, 'x-trailing-bin')], [expected, expected]);
});

scenario('initial metadata before the first message', async ({ plain }) => {
  const call = duplex(plain, undefined, { meta: metadata(['x-headers-first', 'yes'], ['x-initial', 'early']) });
  equal((await call.initial).get('x-initial'), ['early']);
  call.write(request('late'));
  equal((await next(call)).payload.toString(), 'late');
  call.end();
  await ends(call, 'OK');
  const name = newId();
  const held = unary(plain, request('', { hold: true }), { meta: metadata(['x-headers-first', 'yes'], ['x-initial', 'early'], ['x-call-id', name]) });
  equal((await held.initial).get('x-initial'), ['early']);
  await release(plain, name);
  await ends(held, 'OK');
});

scenario('the user agent says who calls', async ({ plain }) => {
  const name = newId();
  await unary(plain, request(), { meta: metadata(['x-call-id', name]) }).reply;
  const { user_agent: agent } = await observe(plain, name);
  yes(agent.startsWith('grpc-node-js/'), agent);
});

scenario('gzip: unary', async ({ gzip }) => {
  equal((await unary(gzip, request(Buffer.alloc(megabyte))).reply).payload.length, megabyte);
});

scenario('gzip: server stream', async ({ gzip }) => {
  const { replies, code } = await collect(serverStream(gzip, request('', { reply_sizes: [megabyte, 0, 10, megabyte] })));
  equal([sizes(replies), grpc.status[code]], [[megabyte, 0, 10, megabyte], 'OK']);
});

scenario('gzip: client stream', async ({ gzip }) => {
  const { received, received_bytes } = await clientStream(gzip, [megabyte, 0, 10, megabyte].map(size => request(Buffer.alloc(size)))).reply;
  equal([received, received_bytes], [4, 2 * megabyte + 10]);
});

scenario('gzip: duplex', async ({ gzip }) => {
  const { replies, code } = await collect(duplex(gzip, [megabyte, 0, 10].map(size => request(Buffer.alloc(size)))));
  equal([sizes(replies), grpc.status[code]], [[megabyte, 0, 10], 'OK']);
});

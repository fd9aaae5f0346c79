// A server that stops and comes back. Says on its output how far it is; the driver stops and starts the server meanwhile.
import readline from 'node:readline';
import { duplex, ends, equal, metadata, newId, next, observe, request, unary } from './harness.mjs';

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = async word => equal((await lines.next()).value, word);

export async function run({ plain }) {
  const name = newId();
  const call = duplex(plain, undefined, { meta: metadata(['x-call-id', name]) });
  call.write(request('before'));
  equal((await next(call)).payload.toString(), 'before');
  console.log('open');
  await told('stopping');
  // The server was told to stop: what is open still ends well.
  call.write(request('after'));
  equal((await next(call)).payload.toString(), 'after');
  call.end();
  await ends(call, 'OK');
  console.log('done');
  await told('stopped');
  await ends(unary(plain, request('x')), 'UNAVAILABLE');
  console.log('gone');
  await told('started');
  const again = await new Promise((resolve, reject) => plain.waitForReady(Date.now() + 30_000, error => error ? reject(error) : resolve(unary(plain, request('again')).reply)));
  equal(again.payload.toString(), 'again');
  const held = unary(plain, request('', { hold: true }), { meta: metadata(['x-call-id', `${name}-held`]) });
  await observe(plain, `${name}-held`, { state: 'running' });
  console.log('back');
  await told('killed');
  await ends(held, 'UNAVAILABLE');
  console.log('ended');
}

import { unary, unaryTo } from './lib/h2load.mjs';

// What is measured: one entry a row of the table. A row compares a load on the sidecar with a load on the yardstick, one right after the other.
const body = JSON.stringify({ id: '{n}', item: 'lamp', quantity: 2, price: 19.5 });
const save = store => ({ method: 'POST', path: `/v1.0/state/${store}`, body: `[{"key":"key-{key}","value":${body}}]`, keys: 1000 });
const transaction = JSON.stringify([{ operation: 'upsert', request: { key: 'items', value: { sku: 'lamp', n: '{n}' } } }, { operation: 'upsert', request: { key: 'total', value: 19 } }]);
const anyPost = { method: 'POST', path: '/any', body };
const hello = { path: '/hello' };
const invoke = { path: '/v1.0/invoke/callee/method/hello' };

/** worlds: see worlds.mjs. c: connections (16 where not said). `better` is 'more' where a larger ratio is better, 'less' for CPU. */
export const rows = [
  { name: 'invoke A→B, GET ÷ nginx 2 hops', must: 0.40, aim: 0.60, reference: 0.14, yardstick: w => w.proxies(2), load: invoke, target: w => w.pair(), plain: hello },
  { name: 'the same at c=1', c: 1, must: 0.60, aim: 0.80, reference: 0.28, yardstick: w => w.proxies(2), load: invoke, target: w => w.pair(), plain: hello },
  { name: 'CPU a request of the first row ÷ nginx 2 hops', figure: 'cpu', must: 4, aim: 2.5, reference: 11.7, of: 'invoke A→B, GET ÷ nginx 2 hops' },
  { name: 'invoke A→B in one host (`tandem run`) ÷ nginx 2 hops', yardstick: w => w.proxies(2), load: invoke, target: w => w.host(), plain: hello },
  { name: 'gRPC unary A→B ÷ nginx grpc_pass, 2 hops', must: 0.40, aim: 0.60, yardstick: w => w.grpc.proxies(2), load: unaryTo('grpc-callee'), target: w => w.grpc.pair(), plain: unary },
  { name: 'gRPC at c=1', c: 1, must: 0.60, aim: 0.80, yardstick: w => w.grpc.proxies(2), load: unaryTo('grpc-callee'), target: w => w.grpc.pair(), plain: unary },
  { name: 'CPU a gRPC call ÷ nginx grpc_pass, 2 hops', figure: 'cpu', must: 4, aim: 2.5, of: 'gRPC unary A→B ÷ nginx grpc_pass, 2 hops' },
  { name: 'gRPC unary A→B in one host (`tandem run`) ÷ nginx grpc_pass, 2 hops', yardstick: w => w.grpc.proxies(2), load: unaryTo('grpc-callee'), target: w => w.grpc.host(), plain: unary },
  { name: 'gRPC unary A→B ÷ direct', yardstick: w => w.grpc.direct(), load: unaryTo('grpc-callee'), target: w => w.grpc.pair(), plain: unary },
  { name: 'state.sqlite set ÷ nginx 1 hop', must: 0.30, aim: 0.45, reference: 0.08, mustP99: 20, aimP99: 8, yardstick: w => w.proxies(1), load: save('store'), target: w => w.embedded(), plain: anyPost },
  { name: 'state.redis set ÷ nginx 1 hop', must: 0.48, aim: 0.65, reference: 0.48, yardstick: w => w.proxies(1), load: save('store'), target: w => w.redis(), plain: anyPost },
  { name: 'state.redis get ÷ nginx 1 hop', must: 0.48, aim: 0.65, reference: 0.47, yardstick: w => w.proxies(1), load: { path: '/v1.0/state/store/key-{key}', keys: 1000 }, target: w => w.redis(), before: save('store'), plain: hello },
  { name: 'publish, durable embedded ÷ nginx 1 hop', must: 0.30, aim: 0.50, reference: 'in memory 0.62', yardstick: w => w.proxies(1), load: { method: 'POST', path: '/v1.0/publish/bus/unread', body }, target: w => w.embedded(), plain: anyPost },
  { name: 'end to end delivered, durable embedded ÷ generator→nginx→sink', must: 0.25, aim: 0.40, reference: 'in memory 0.135, Redis 0.215', yardstick: w => w.proxies(1), load: { method: 'POST', path: '/v1.0/publish/bus/sink', body }, target: w => w.embedded(), plain: { method: 'POST', path: '/sink', body }, delivered: true },
  { name: 'actor method, 100 actors ÷ nginx 1 hop', must: 0.30, aim: 0.45, reference: 0.21, yardstick: w => w.proxies(1), load: { method: 'PUT', path: '/v1.0/actors/Bench/{key}/method/add', body, keys: 100 }, target: w => w.embedded(), plain: { ...anyPost, method: 'PUT' } },
  { name: 'actor state transaction, SQLite ÷ nginx 1 hop', must: 0.20, aim: 0.35, reference: 0.06, yardstick: w => w.proxies(1), load: { method: 'POST', path: '/v1.0/actors/Bench/{key}/state', body: transaction, keys: 100 }, target: w => w.embedded(), before: { method: 'PUT', path: '/v1.0/actors/Bench/{key}/method/add', body, keys: 100 }, plain: anyPost },
  { name: 'reminders created ÷ nginx 1 hop', must: 0.20, aim: 0.30, reference: 0.09, yardstick: w => w.proxies(1), load: { method: 'POST', path: '/v1.0/actors/Bench/{key}/reminders/{n}', body: JSON.stringify({ dueTime: '24h', data: 'later' }), keys: 100 }, target: w => w.embedded(), plain: anyPost },
];

// The Node.js client of the interoperability tests (@grpc/grpc-js).
//
//   node client.mjs run '{"plain": "host:port", "large": …, "gzip": …, "absent": …, "skip": {"scenario": "why"}}'
//   node client.mjs lifecycle '{"plain": "host:port"}'
import grpc from '@grpc/grpc-js';
import { connect, run } from './harness.mjs';
import { large } from './protos.mjs';

const [mode, json] = process.argv.slice(2);
const settings = JSON.parse(json);
const env = { settings, plain: connect(settings.plain) };
if (mode === 'lifecycle') {
  await (await import('./scenarios-lifecycle.mjs')).run(env);
  process.exit(0);
}
env.large = connect(settings.large, large);
env.gzip = connect(settings.gzip, { ...large, 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });
for (const group of ['calls', 'ends', 'flow', 'services']) await import(`./scenarios-${group}.mjs`);
process.exit(await run(env, settings.skip ?? {}) ? 1 : 0);

// One row in one round: the yardstick, then the sidecar.
import { cpuSeconds } from './processes.mjs';
import { h2load } from './h2load.mjs';
import { wrk } from './wrk.mjs';

/** Answers { plain, sidecar }, each { rate, p50, p99, cpu (seconds a request) }. */
export async function measureLoad(worlds, row, seconds) {
  const connections = row.c ?? 16;
  const generate = row.load.grpc ? h2load : wrk;
  const yardstick = await row.yardstick(worlds);
  const target = await row.target(worlds);
  const plain = await watched(yardstick, () => generate(yardstick.origin, row.plain, { connections, seconds }));
  if (row.before) await wrk(target.origin, row.before, { connections, seconds: 1 });
  const sidecar = await watched(target, () => row.delivered ? untilDelivered(worlds, target, row, { connections, seconds }) : generate(target.origin, row.load, { connections, seconds }));
  return { plain, sidecar };
}

/** Publishes for some seconds; the rate counts what was delivered, until all was. */
async function untilDelivered(worlds, target, row, options) {
  const before = await worlds.delivered();
  const begin = performance.now();
  const published = await wrk(target.origin, row.load, options);
  const end = before + published.requests;
  while (await worlds.delivered() < end) await new Promise(resolve => setTimeout(resolve, 5));
  return { ...published, rate: published.requests / ((performance.now() - begin) / 1000) };
}

async function watched({ processes }, measure) {
  const used = () => processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const before = used();
  const result = await measure();
  return { ...result, cpu: (used() - before) / result.requests };
}

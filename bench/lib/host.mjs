// A host of eight sidecars as a whole: its memory and its start.
import { residentMegabytes, stop } from './processes.mjs';
import { median } from './table.mjs';
import { wrk } from './wrk.mjs';

const count = 8;
const settle = () => new Promise(resolve => setTimeout(resolve, 3000));

/** Resident memory of the process, idle and after each sidecar was called in every way. */
export async function measureMemory(worlds, seconds) {
  const { origins, process } = await worlds.mesh(count);
  try {
    await settle();
    const idle = residentMegabytes(process.pid);
    const body = '{"id":"{n}","item":"lamp"}';
    for (const origin of Object.values(origins)) {
      for (const load of [
        { path: '/v1.0/invoke/app-0/method/hello' },
        { method: 'POST', path: '/v1.0/state/store', body: `[{"key":"{key}","value":${body}}]`, keys: 1000 },
        { method: 'POST', path: '/v1.0/publish/bus/sink', body },
        { method: 'PUT', path: '/v1.0/actors/Bench/{key}/method/add', body, keys: 100 },
      ]) await wrk(origin, load, { connections: 16, seconds: Math.max(1, seconds / 2) });
    }
    await settle();
    const loaded = residentMegabytes(process.pid);
    return [
      { row: { name: 'memory of 8 sidecars, idle', reference: '8 × 73 MB', must: 160, aim: 110, unit: ' MB' }, value: idle, detail: 'VmRSS of the one process' },
      { row: { name: 'memory of 8 sidecars, after load', reference: '8 × 110 MB', must: 260, aim: 180, unit: ' MB' }, value: loaded, detail: 'VmRSS of the one process' },
    ];
  } finally {
    await stop(process);
  }
}

/** From exec until all eight answer /v1.0/healthz. */
export async function measureStart(worlds, rounds) {
  const times = [];
  for (let round = 0; round <= rounds; round++) {
    const { process, milliseconds } = await worlds.mesh(count);
    if (round > 0) times.push(milliseconds); // the first reads files that nothing has read yet
    await stop(process);
  }
  return { row: { name: 'start of 8 sidecars: exec to healthy', reference: '154 ms for 6', must: 600, aim: 300, unit: ' ms' }, value: median(times), detail: times.map(t => t.toFixed(0)).join(', ') };
}

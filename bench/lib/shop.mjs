// The shop as a whole: how long a new user waits for the first order, and what a service weighs afterwards.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { proportionalMegabytes, residentMegabytes, start, stop } from './processes.mjs';
import { median } from './table.mjs';
import { command, root } from './tandem.mjs';

const gateway = 'http://127.0.0.1:8083';
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

/** From exec of `tandem run` on empty data to the first order paid; then, once, the demo and the memory of each service. */
export async function measureShop(rounds) {
  const times = [];
  let memory;
  for (let round = 1; round <= rounds; round++) {
    await withMesh(async (mesh, since) => {
      times.push(await firstOrder(mesh, since));
      console.error(`shop ${round} of ${rounds}: first answer ${times.at(-1).answered.toFixed(2)} s, first order paid ${times.at(-1).paid.toFixed(2)} s`);
      if (round === rounds) memory = await memoryAfterDemo(mesh, times.at(-1));
    });
  }
  const heaviest = memory.reduce((most, each) => each.proportional > most.proportional ? each : most);
  return [
    { row: { name: 'start: `tandem run` to the first order paid, built', must: 6, aim: 3, unit: ' s' }, value: median(times.map(t => t.paid)), detail: times.map(t => t.paid.toFixed(2)).join(', ') },
    { row: { name: "a service's memory after the demo (PSS of the heaviest)", must: 90, aim: 60, unit: ' MB' }, value: heaviest.proportional,
      detail: `PSS, RSS in MB: ${memory.map(m => `${m.name} ${m.proportional.toFixed(0)}, ${m.resident.toFixed(0)}`).join('; ')}` },
  ];
}

/** Starts the mesh on empty data, and stops it afterwards; `measure(mesh, since, folder)`, where `since()` is the seconds from its exec. */
export async function withMesh(measure) {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-shop-'));
  const begin = performance.now();
  const mesh = start(command, ['run', '-f', 'dapr.yaml', '--resources-path', 'components/embedded', '--data-dir', path.join(data, 'data'), '--log-dir', path.join(data, 'logs')],
    { cwd: root, env: { ...process.env, TANDEM_HOME: path.join(data, 'home') } });
  try {
    await Promise.race([
      measure(mesh, () => (performance.now() - begin) / 1000, data),
      mesh.ended.then(code => { throw new Error(`tandem run ended with ${code}:\n${mesh.output}`); }),
    ]);
  } finally {
    await stop(mesh);
    fs.rmSync(data, { recursive: true, force: true });
  }
}

async function firstOrder(mesh, since) {
  const { accessToken, user } = await persist('POST', '/api/auth/login', { email: 'ann@example.com', password: 'Passw0rd!' });
  const answered = since();
  const { items } = await persist('GET', '/api/products', undefined, accessToken);
  const order = await persist('POST', '/api/orders', {
    userId: user.id,
    shippingAddress: { name: 'Ann', street: '1 Main Street', city: 'Springfield', state: 'IL', zip: '62701', country: 'US' },
    paymentMethod: { type: 'card', token: 'tok_visa' },
    items: [{ productId: items[0].id, quantity: 1 }],
  }, accessToken);
  for (;;) {
    const now = await persist('GET', `/api/orders/${order.id}`, undefined, accessToken);
    if (now.history.some(h => h.status === 'paid')) return { answered, paid: since(), user, accessToken };
    await pause(10);
  }
}

async function memoryAfterDemo(mesh, { user, accessToken }) {
  while (!/apps are healthy/.test(mesh.output)) await pause(20);
  // The demo counts what its user is told: the first order must be done with before.
  for (let told = false; !told;) {
    const { items } = await persist('GET', `/api/notifications?userId=${user.id}&pageSize=100`, undefined, accessToken);
    told = items.some(notification => notification.type === 'OrderDelivered');
    await pause(50);
  }
  await promisify(execFile)('node', ['scripts/demo.mjs'], { cwd: root });
  await pause(3000);
  return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
    const name = serviceOf(pid, mesh.pid);
    return name ? [{ name, proportional: proportionalMegabytes(pid), resident: residentMegabytes(pid) }] : [];
  });
}

// A .NET service is `dotnet …/artifacts/services/NAME/NAME.dll`, below the host that was started.
function serviceOf(pid, host) {
  try {
    const name = /artifacts\/services\/(\w+)\//.exec(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
    return name && isBelow(pid, host) ? name : undefined;
  } catch { return undefined; /* it ended meanwhile */ }
}

function isBelow(pid, ancestor) {
  for (let id = Number(pid); id > 1; id = Number(fs.readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ')[1])) if (id === ancestor) return true;
  return false;
}

// Asks until the mesh answers: nothing listens yet, or a service says that it is not ready.
async function persist(method, url, body, token) {
  for (;;) {
    try {
      const response = await fetch(gateway + url, {
        method,
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }), 'idempotency-key': 'first-order' },
        body: body && JSON.stringify(body),
      });
      if (response.ok) return await response.json();
      if (![404, 429, 500, 502, 503, 504].includes(response.status)) throw new TypeError(`${method} ${url} answered ${response.status}: ${await response.text()}`);
    } catch (error) {
      if (error.cause?.code === undefined) throw error;
    }
    await pause(10);
  }
}

// What the rows run against, each started when the first row asks for it: the backend, chains of nginx, sidecars, Redis.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { unaryTo, untilAnswers } from './lib/h2load.mjs';
import { startProxies } from './lib/nginx.mjs';
import { freePort, start, stopAll, untilReady } from './lib/processes.mjs';
import { root, startHost, startSidecar, writeComponents } from './lib/tandem.mjs';

/** A target answers { origin, processes (whose CPU counts) }. */
export function createWorlds() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-bench-'));
  const made = new Map();
  const once = (name, make) => { if (!made.has(name)) made.set(name, make()); return made.get(name); };
  const nothing = () => writeComponents(path.join(folder, 'nothing'), {});
  const embeddedComponents = name => writeComponents(path.join(folder, name), {
    store: { type: 'state.sqlite', connectionString: path.join(folder, name, 'state.db') },
    actors: { type: 'state.sqlite', connectionString: path.join(folder, name, 'actors.db'), actorStateStore: 'true' },
    bus: { type: 'pubsub.sqlite', connectionString: path.join(folder, name, 'bus.db') },
  });
  const options = resources => ({ folder, home: path.join(folder, 'home'), resources });
  const backend = () => once('backend', async () => {
    const ports = await Promise.all(Array.from({ length: 8 }, freePort)); // apps of one host do not share a port
    const origin = `http://127.0.0.1:${ports[0]}`;
    const grpcPort = await freePort();
    const child = start(path.join(root, 'artifacts/bench/Tandem.Bench.Backend'), [...ports.map(String), '--grpc', String(grpcPort)]);
    await untilReady(`${origin}/hello`, child);
    return { ports, origin, grpcPort, process: child };
  });

  return {
    proxies: hops => once(`proxies-${hops}`, async () => {
      const { origin, hops: processes } = await startProxies(hops, (await backend()).ports[0], folder);
      return { origin, processes };
    }),
    pair: () => once('pair', async () => {
      const callee = await startSidecar('callee', { ...options(nothing()), appPort: (await backend()).ports[0] });
      const caller = await startSidecar('caller', options(nothing()));
      return { origin: caller.origin, processes: [caller.process, callee.process] };
    }),
    host: () => once('host', async () => {
      const apps = { callee: (await backend()).ports[0], caller: undefined };
      const { origins, process } = await startHost(apps, { ...options(nothing()), home: path.join(folder, 'host-home') });
      return { origin: origins.caller, processes: [process] };
    }),
    grpc: {
      direct: async () => {
        const { grpcPort, process } = await backend();
        return { origin: `http://127.0.0.1:${grpcPort}`, processes: [process] };
      },
      proxies: hops => once(`grpc-proxies-${hops}`, async () => {
        const { origin, hops: processes } = await startProxies(hops, (await backend()).grpcPort, folder, { grpc: true });
        return { origin, processes };
      }),
      pair: () => once('grpc-pair', async () => {
        const callee = await startSidecar('grpc-callee', { ...options(nothing()), appPort: (await backend()).grpcPort, appProtocol: 'grpc' });
        const caller = await startSidecar('grpc-caller', options(nothing()));
        await untilAnswers(caller.grpcOrigin, unaryTo('grpc-callee'));
        return { origin: caller.grpcOrigin, processes: [caller.process, callee.process] };
      }),
      host: () => once('grpc-host', async () => {
        const apps = { 'grpc-callee': (await backend()).grpcPort, 'grpc-caller': undefined };
        const { grpcOrigins, process } = await startHost(apps, { ...options(nothing()), appProtocol: 'grpc', home: path.join(folder, 'grpc-host-home') });
        await untilAnswers(grpcOrigins['grpc-caller'], unaryTo('grpc-callee'));
        return { origin: grpcOrigins['grpc-caller'], processes: [process] };
      }),
    },
    embedded: () => once('embedded', async () => {
      const { origin, process } = await startSidecar('stateful', { ...options(embeddedComponents('embedded')), appPort: (await backend()).ports[0] });
      await untilActorsAreReady(origin);
      return { origin, processes: [process] };
    }),
    redis: () => once('redis', async () => {
      const port = await freePort();
      const data = path.join(folder, 'redis');
      fs.mkdirSync(data);
      start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--save', '', '--appendonly', 'no']);
      const resources = writeComponents(path.join(folder, 'redis-components'), { store: { type: 'state.redis', redisHost: `127.0.0.1:${port}`, redisPassword: '' } });
      const { origin, process } = await startSidecar('cached', options(resources));
      return { origin, processes: [process] };
    }),
    /** A host of that many sidecars, each with an app, started anew each time. */
    mesh: async count => {
      const { ports } = await backend();
      const apps = Object.fromEntries(ports.slice(0, count).map((port, i) => [`app-${i}`, port]));
      const home = fs.mkdtempSync(path.join(folder, 'mesh-')); // the rows' hundreds of thousands of reminders are not its
      return startHost(apps, { ...options(embeddedComponents(path.basename(home))), home });
    },
    /** How many messages have reached the backend's sink. */
    delivered: async () => Number(await (await fetch(`${(await backend()).origin}/count`)).text()),
    close: async () => { await stopAll(); fs.rmSync(folder, { recursive: true, force: true }); },
  };
}

async function untilActorsAreReady(origin) {
  while (!(await (await fetch(`${origin}/v1.0/metadata`)).json()).actorRuntime?.hostReady) await new Promise(resolve => setTimeout(resolve, 10));
}

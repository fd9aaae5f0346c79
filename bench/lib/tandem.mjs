// The sidecars that are measured: the built command, with components of their own in a folder of their own.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, start, untilReady } from './processes.mjs';

/** The project's folder. */
export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

/** The built command. */
export const command = path.join(root, 'artifacts/bin/tandem');

/** Starts one sidecar process; answers { origin, grpcOrigin, process }. */
export async function startSidecar(appId, { folder, home, appPort, appProtocol = 'http', resources }) {
  const port = await freePort();
  const grpcPort = await freePort();
  const args = ['sidecar', '--app-id', appId, '--dapr-http-port', port, '--dapr-grpc-port', grpcPort, '--dapr-internal-grpc-port', await freePort(),
    '--metrics-port', await freePort(), '--resources-path', resources, '--log-level', 'warn', ...(appPort ? ['--app-port', appPort, '--app-protocol', appProtocol] : [])];
  const child = start(command, args.map(String), { env: { ...process.env, TANDEM_HOME: home }, cwd: folder });
  const origin = `http://127.0.0.1:${port}`;
  await untilReady(`${origin}/v1.0/healthz`, child);
  return { origin, grpcOrigin: `http://127.0.0.1:${grpcPort}`, process: child };
}

/** Starts one process with a sidecar for each app, as `tandem run` does; appPorts: app ID → port or undefined. Answers { origins, grpcOrigins, process, milliseconds (from exec until all are healthy) }. */
export async function startHost(appPorts, { folder, home, resources, appProtocol = 'http' }) {
  const apps = [];
  for (const [appId, appPort] of Object.entries(appPorts)) {
    apps.push({ appId, appPort, port: await freePort(), more: [await freePort(), await freePort(), await freePort()] });
  }
  const runFile = path.join(folder, `run-${apps[0].port}.yaml`);
  fs.writeFileSync(runFile, `version: 1\ncommon:\n  resourcesPath: ${resources}\napps:\n` + apps.map(({ appId, appPort, port, more }) =>
    `- appID: ${appId}\n  appDirPath: .\n${appPort ? `  appPort: ${appPort}\n  appProtocol: ${appProtocol}\n` : ''}  daprHTTPPort: ${port}\n  daprGRPCPort: ${more[0]}\n  daprInternalGRPCPort: ${more[1]}\n  metricsPort: ${more[2]}\n  logLevel: warn\n`).join(''));
  const begin = performance.now();
  const child = start(command, ['run', '-f', runFile, '--log-dir', path.join(folder, `logs-${apps[0].port}`)], { env: { ...process.env, TANDEM_HOME: home }, cwd: folder });
  const origins = Object.fromEntries(apps.map(({ appId, port }) => [appId, `http://127.0.0.1:${port}`]));
  for (const origin of Object.values(origins)) await untilReady(`${origin}/v1.0/healthz`, child); // one after the other: the cores are the host's
  const grpcOrigins = Object.fromEntries(apps.map(({ appId, more }) => [appId, `http://127.0.0.1:${more[0]}`]));
  return { origins, grpcOrigins, process: child, milliseconds: performance.now() - begin };
}

/** Writes components: name → { type, and its metadata }. */
export function writeComponents(folder, components) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, { type, ...metadata }] of Object.entries(components)) {
    const values = Object.entries(metadata).map(([key, value]) => `  - name: ${key}\n    value: "${value}"\n`).join('');
    fs.writeFileSync(path.join(folder, `${name}.yaml`),
      `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: ${type}\n  version: v1\n${values && `  metadata:\n${values}`}`);
  }
  return folder;
}

import { CommunicationProtocolEnum, DaprServer, HTTPClient } from '@dapr/dapr';
import { mapHealth } from './health.mjs';
import { createLog, sdkLogger } from './log.mjs';
import { createMetrics } from './metrics.mjs';
import { subscribeToOrders } from './orderEvents.mjs';
import { appId, readSettings } from './settings.mjs';
import { shipmentActor } from './shipment.mjs';
import { createTracing, traceFields } from './tracing.mjs';
import { answerFailures, createWeb } from './web.mjs';

const settings = settingsOrExit();
const log = createLog({ level: settings.logLevel, format: settings.logFormat, trace: traceFields });
const tracing = await createTracing({ appId, env: process.env });
const metrics = createMetrics();
const state = { ready: false };
const web = createWeb({ appToken: settings.appToken, log, tracing, listenAddress: settings.listenAddress });

const server = new DaprServer({
  serverHost: settings.listenAddress,
  serverPort: String(settings.port),
  serverHttp: web,
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  logger: sdkLogger(log),
  clientOptions: {
    daprHost: '127.0.0.1',
    daprPort: String(settings.sidecarPort),
    // A shipment is touched twice within moments and then not again: there is no point in keeping it in memory.
    actor: { actorIdleTimeout: '5m', actorScanInterval: '30s', drainOngoingCallTimeout: '10s', drainRebalancedActors: true },
  },
});

// The one fetch of all of the SDK's clients.
HTTPClient.client = tracing.traced(HTTPClient.client);

const Shipment = shipmentActor({
  deliveryDelay: settings.deliveryDelay,
  deliveryRetry: settings.deliveryRetry,
  log,
  metrics,
  tracing,
});

mapHealth({ web, sidecarPort: settings.sidecarPort, metrics, state });
await server.actor.init();
await server.actor.registerActor(Shipment);
await subscribeToOrders({ server, web, Shipment, log, metrics });
answerFailures({ web, log });

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => stop(signal));
}

try {
  await server.start();
  state.ready = true;
  log.info('Shipping is ready', { port: settings.port, deliveryDelayMs: settings.deliveryDelay });
} catch (error) {
  log.error(`The sidecar does not answer on port ${settings.sidecarPort} (DAPR_HTTP_PORT).`, { error: error.message });
  process.exit(1);
}

// Turns that are under way end; what has not begun is asked for again by the sidecar.
async function stop(signal) {
  state.ready = false;
  log.info('Stopping', { signal });
  await server.stop();
  await server.client.stop();
  await tracing.stop();
  process.exit(0);
}

function settingsOrExit() {
  try {
    return readSettings(process.env);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

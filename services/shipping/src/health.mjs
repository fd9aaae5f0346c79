/** /health says how the sidecar is, /health/ready whether events are taken, /health/live whether the process lives. */
export function mapHealth({ web, sidecarPort, metrics, state }) {
  const answer = (response, status, checks) => response
    .status(status === 'unhealthy' ? 503 : 200)
    .send({ status, service: 'shipping', checks });
  const started = () => ({ status: state.ready ? 'healthy' : 'unhealthy' });

  web.get('/health', async (_request, response) => {
    const sidecar = await sidecarHealth(sidecarPort);
    answer(response, worst(started().status, sidecar.status), { started: started(), sidecar });
  });
  web.get('/health/ready', (_request, response) => answer(response, started().status, { started: started() }));
  web.get('/health/live', (_request, response) => answer(response, 'healthy', {}));
  web.get('/metrics', (_request, response) => response.type('text/plain; version=0.0.4').send(metrics.text()));
  web.get('/openapi/v1.json', (_request, response) => response.send(openApi));
}

async function sidecarHealth(port) {
  const began = performance.now();
  let healthy;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1.0/healthz/outbound`, { signal: AbortSignal.timeout(2000) });
    healthy = response.ok;
  } catch {
    healthy = false; // Refused or too late: either way it does not answer.
  }
  const durationMs = Math.round((performance.now() - began) * 100) / 100;
  return healthy
    ? { status: 'healthy', durationMs }
    : { status: 'degraded', durationMs, description: 'The sidecar does not answer.' };
}

function worst(...statuses) {
  return ['unhealthy', 'degraded'].find((status) => statuses.includes(status)) ?? 'healthy';
}

const health = (summary, statuses) => ({
  get: {
    summary,
    tags: ['Health'],
    responses: Object.fromEntries(statuses.map(([code, description]) => [code, { description }])),
  },
});

const openApi = {
  openapi: '3.1.0',
  info: { title: 'shipping', version: 'v1', description: 'Ships paid orders. It is driven by events and has no public routes.' },
  paths: {
    '/health': health('How the service and its sidecar are', [['200', 'Healthy or degraded'], ['503', 'Unhealthy']]),
    '/health/ready': health('Whether events are taken', [['200', 'Ready'], ['503', 'Starting or stopping']]),
    '/health/live': health('Whether the process lives', [['200', 'Alive']]),
    '/metrics': health('Metrics as Prometheus text', [['200', 'Metrics']]),
  },
};

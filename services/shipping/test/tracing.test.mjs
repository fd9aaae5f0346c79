import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freePort, killAll, startService } from './support/service.mjs';
import { SidecarDouble } from './support/sidecar.mjs';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const order = { orderId: 'o-traced', userId: 'u-1', total: 10, currency: 'USD', items: [] };

describe('the trace of an order', { timeout: 120_000 }, () => {
  let sidecar;
  let service;

  before(async () => {
    sidecar = await new SidecarDouble({ appToken: 'token-of-the-app' }).start(await freePort());
    service = await startService(sidecar, { LOG_FORMAT: 'json' });
    assert.ok(service.started, service.log.join('\n'));
    assert.equal(await sidecar.deliver('OrderPaid', order, 'e-1', `00-${traceId}-b7ad6b7169203331-01`), 'SUCCESS');
    await sidecar.fireReminders();
  });
  after(async () => {
    killAll();
    await sidecar.stop();
  });

  it('goes on with what is published, at once and when the reminder fires', () => {
    assert.deepEqual(sidecar.published.map(({ type }) => type), ['OrderShipped', 'OrderDelivered']);
    for (const traceparent of sidecar.traces) {
      assert.match(traceparent ?? '', new RegExp(`^00-${traceId}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
    }
  });

  it('is named by the lines that belong to it', () => {
    const lines = service.log.map((line) => JSON.parse(line));
    for (const message of ['Order shipped', 'Order delivered']) {
      const line = lines.find(({ msg }) => msg === message);
      assert.equal(line?.trace_id, traceId);
      assert.match(line.span_id, /^[0-9a-f]{16}$/);
    }
    assert.equal(lines.find(({ msg }) => msg === 'Shipping is ready').trace_id, undefined);
  });
});

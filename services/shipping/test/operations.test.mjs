import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { parseDuration } from '../src/duration.mjs';
import { createLog } from '../src/log.mjs';
import { eventId } from '../src/ids.mjs';
import { readSettings } from '../src/settings.mjs';
import { freePort, killAll, startService } from './support/service.mjs';
import { SidecarDouble } from './support/sidecar.mjs';

const order = (orderId) => ({ orderId, userId: 'u-1', total: 10, currency: 'USD', status: 'paid', items: [{ productId: 7, quantity: 1 }] });

describe('what an operator asks', { timeout: 120_000 }, () => {
  let sidecar;
  let service;
  let base;

  before(async () => {
    sidecar = await new SidecarDouble({ appToken: 'token-of-the-app' }).start(await freePort());
    service = await startService(sidecar, { LOG_LEVEL: 'debug' });
    assert.ok(service.started, service.log.join('\n'));
    base = `http://127.0.0.1:${sidecar.appPort}`;
  });
  after(async () => {
    await service.kill();
    await sidecar.stop();
  });

  const metrics = async () => Object.fromEntries((await (await fetch(`${base}/metrics`)).text()).split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
  const post = (body, headers = {}) => fetch(`${base}/pubsub--order-events--default`, {
    method: 'POST', body, headers: { 'content-type': 'application/cloudevents+json', 'dapr-api-token': 'token-of-the-app', ...headers },
  });

  it('counts what was shipped, delivered, called back and failed', async () => {
    const start = await metrics();
    await sidecar.deliver('OrderPaid', order('m-1'));
    await sidecar.fireReminders();
    await sidecar.deliver('OrderPaid', order('m-2'));
    await sidecar.deliver('OrderCancelled', order('m-2'));
    await sidecar.deliver('OrderPaid', { ...order('m-3'), items: null });
    await sidecar.deliver('OrderPaid', order('m-1'));
    const end = await metrics();

    const grown = (name) => end[name] - start[name];
    assert.equal(grown('tandem_shipping_shipped_total'), 2);
    assert.equal(grown('tandem_shipping_delivered_total'), 1);
    assert.equal(grown('tandem_shipping_recalled_total'), 1);
    assert.equal(grown('tandem_shipping_event_failures_total'), 1);
    assert.ok(end.process_resident_memory_bytes > 1_000_000);
  });

  it('describes itself as OpenAPI', async () => {
    const document = await (await fetch(`${base}/openapi/v1.json`)).json();
    assert.match(document.openapi, /^3\./);
    for (const path of Object.keys(document.paths)) {
      assert.equal((await fetch(base + path)).status, 200, path);
    }
  });

  it('answers bodies that are no events without dying and without a stack trace', async () => {
    const deep = `${'{"data":'.repeat(5000)}1${'}'.repeat(5000)}`;
    for (const body of ['{"data":', 'not json', '[]', '"text"', deep, '{"id":"1","type":"__proto__","data":{}}', '{"id":"1","type":"OrderPaid","data":{"__proto__":{"orderId":"x"}}}']) {
      const response = await post(body);
      const text = await response.text();
      assert.ok(response.status < 500 || response.status === 500 && !text.includes(' at '), `${body.slice(0, 30)}: ${response.status} ${text}`);
      assert.doesNotMatch(text, /node_modules|\.mjs|\.js:/);
    }
    assert.equal((await post('x'.repeat(20 * 1024 * 1024))).status, 413);
    assert.equal(await sidecar.deliver('OrderPaid', order('alive')), 'SUCCESS');
    assert.equal(service.child.exitCode, null);
  });

  it('names no software in its answers, and lets nobody in by a header of their own', async () => {
    const response = await fetch(`${base}/health/live`);
    assert.equal(response.headers.get('x-powered-by'), null);
    assert.equal((await post('{}', { 'dapr-api-token': '', 'dapr-caller-app-id': 'order' })).status, 401);
    assert.equal((await fetch(`${base}/health/../actors/Shipment/x/method/ship`, { method: 'PUT' })).status, 401);
    assert.equal((await fetch(`${base}/actors/Shipment/x/method/ship`)).status, 401);
  });

  it('writes no token into its log', () => {
    assert.ok(service.log.length > 0);
    assert.ok(!service.log.some((line) => line.includes('token-of-the-app')));
  });

  it('is degraded without its sidecar, and lives', async () => {
    const alone = await new SidecarDouble({ appToken: 't' }).start(await freePort());
    const other = await startService(alone);
    await alone.stop();
    const url = `http://127.0.0.1:${alone.appPort}`;

    const health = await fetch(`${url}/health`);
    assert.equal(health.status, 200);
    assert.equal((await health.json()).checks.sidecar.status, 'degraded');
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    await other.kill();
  });
});

describe('the delay', { timeout: 120_000 }, () => {
  afterEach(killAll);

  for (const setting of ['0', '90s', '1h30m']) {
    it(`of ${setting} is that of the reminder`, async () => {
      const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
      const service = await startService(sidecar, { SHIPPING_DELAY: setting, SHIPPING_RETRY: '7s' });
      await sidecar.deliver('OrderPaid', order('d-1'));
      const { reminder } = sidecar.reminders.get('Shipment/d-1/deliver');
      assert.ok(Math.abs((parseDuration(reminder.dueTime) ?? Number.NaN) - parseDuration(setting)) < 5000, `${reminder.dueTime} is not ${setting}`);
      assert.equal(reminder.period, '7s');
      await service.kill();
      await sidecar.stop();
    });
  }

  it('that has passed while the service was away is not waited for again', async () => {
    const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
    const first = await startService(sidecar, { SHIPPING_DELAY: '1s' });
    await sidecar.deliver('OrderPaid', order('r-1'));
    assert.deepEqual(await first.kill('SIGTERM'), { code: 0, signal: null });

    // Its state says when it was shipped: long ago.
    const shipment = JSON.parse(sidecar.state.get('Shipment/r-1/shipment'));
    sidecar.state.set('Shipment/r-1/shipment', JSON.stringify({ ...shipment, shippedAt: shipment.shippedAt - 3_600_000 }));
    sidecar.reminders.clear();
    const second = await startService(sidecar, { SHIPPING_DELAY: '1s' });
    assert.equal(await sidecar.deliver('OrderPaid', order('r-1')), 'SUCCESS');

    const { reminder } = sidecar.reminders.get('Shipment/r-1/deliver');
    assert.equal(parseDuration(reminder.dueTime), 0);
    await sidecar.fireReminders();
    assert.deepEqual(sidecar.published.map((event) => event.id), [eventId('r-1', 'OrderShipped'), eventId('r-1', 'OrderDelivered')]);
    await second.kill();
    await sidecar.stop();
  });
});

describe('the log', () => {
  for (const format of ['text', 'json']) {
    it(`in ${format} keeps what a client wrote on one line`, () => {
      const lines = [];
      createLog({ level: 'info', format, write: (line) => lines.push(line) })
        .error('Event failed', { orderId: 'x\r\n12:00 info admin signed in\u001b[31m\u2028', type: 'OrderPaid' });
      assert.equal(lines.length, 1);
      assert.match(lines[0], /^[^\p{Cc}]*\n$/u);
      assert.match(lines[0], /OrderPaid/);
    });
  }
});

describe('settings', () => {
  it('have the defaults of the contract', () => {
    const settings = readSettings({});
    assert.deepEqual(
      { ...settings },
      { port: 8088, listenAddress: '127.0.0.1', sidecarPort: 3500, appToken: null, deliveryDelay: 2000, deliveryRetry: 5000, logLevel: 'info', logFormat: 'json' },
    );
  });

  for (const [name, value] of [['APP_PORT', '0'], ['APP_PORT', '70000'], ['DAPR_HTTP_PORT', 'x'], ['SHIPPING_DELAY', '-1s'], ['SHIPPING_DELAY', '2 s'], ['SHIPPING_RETRY', '10ms'], ['LOG_LEVEL', 'loud'], ['LOG_FORMAT', 'xml']]) {
    it(`refuse ${name}=${value} by name`, () => {
      assert.throws(() => readSettings({ [name]: value }), new RegExp(`^Error: ${name} is '${value}'`));
    });
  }

  it('read durations as Dapr writes them', () => {
    assert.equal(parseDuration('1h30m'), 5_400_000);
    assert.equal(parseDuration('1.5s'), 1500);
    assert.equal(parseDuration('250ms'), 250);
    assert.equal(parseDuration('0'), 0);
    for (const text of ['', '2', 's', '2d', '2s!', '2s 3m']) {
      assert.equal(parseDuration(text), null, text);
    }
  });
});

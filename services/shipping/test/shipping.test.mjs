import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventId, nameBasedId, trackingNumber } from '../src/ids.mjs';
import { freePort, killAll, startService } from './support/service.mjs';
import { SidecarDouble } from './support/sidecar.mjs';

const order = (orderId) => ({
  orderId, userId: 'u-1', total: 129.9, currency: 'USD', status: 'paid', reason: null,
  items: [{ productId: 7, name: 'Lamp', price: 64.95, quantity: 2 }],
});

describe('shipping', { timeout: 120_000 }, () => {
  let sidecar;
  let service;

  before(async () => {
    sidecar = await new SidecarDouble({ appToken: 'token-of-the-app' }).start(await freePort());
    service = await startService(sidecar);
    assert.ok(service.started, service.log.join('\n'));
  });
  afterEach(() => {
    sidecar.published.length = 0;
    sidecar.failPublishing = false;
  });
  after(async () => {
    await service.kill();
    await sidecar.stop();
  });

  it('tells the sidecar its actor type and its subscription', async () => {
    assert.deepEqual((await sidecar.appConfig()).entities, ['Shipment']);
    const [subscription, ...more] = await sidecar.subscriptions();
    assert.deepEqual(more, []);
    assert.equal(subscription.pubsubname, 'pubsub');
    assert.equal(subscription.topic, 'order-events');
    assert.equal(subscription.deadLetterTopic, 'order-events-dead');
  });

  it('ships a paid order and delivers it when its reminder fires', async () => {
    assert.equal(await sidecar.deliver('OrderPaid', order('o-1')), 'SUCCESS');

    assert.equal(sidecar.published.length, 1);
    const [shipped] = sidecar.published;
    const { status: _status, reason: _reason, ...kept } = order('o-1');
    assert.deepEqual(shipped, {
      pubsub: 'pubsub', topic: 'order-events', id: eventId('o-1', 'OrderShipped'), type: 'OrderShipped', subject: 'o-1', partitionKey: 'o-1',
      data: { ...kept, status: 'shipped', trackingNumber: trackingNumber('o-1') },
    });
    const { reminder } = sidecar.reminders.get('Shipment/o-1/deliver');
    assert.match(reminder.dueTime, /^(1(\.\d+)?|0?\.\d+)s$/);
    assert.equal(reminder.period, '5s');

    const [fired] = await sidecar.fireReminders();
    assert.equal(fired.status, 200);
    assert.deepEqual(sidecar.published.map((event) => event.type), ['OrderShipped', 'OrderDelivered']);
    assert.deepEqual(sidecar.published[1].data, { ...shipped.data, status: 'delivered' });
    assert.equal(sidecar.reminders.size, 0);
  });

  it('ships once, however often and however concurrently OrderPaid is delivered', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => sidecar.deliver('OrderPaid', order('o-2'))));
    assert.deepEqual([...new Set(answers)], ['SUCCESS']);
    await sidecar.fireReminders();
    assert.equal(await sidecar.deliver('OrderPaid', order('o-2')), 'SUCCESS');
    assert.deepEqual(sidecar.published.map((event) => event.type), ['OrderShipped', 'OrderDelivered']);
    assert.equal(sidecar.reminders.size, 0);
  });

  it('acknowledges other events without an effect', async () => {
    for (const type of ['OrderCreated', 'OrderReserved', 'OrderShipped', 'OrderDelivered', 'constructor']) {
      assert.equal(await sidecar.deliver(type, order('o-3')), 'SUCCESS');
    }
    assert.deepEqual(sidecar.published, []);
    assert.equal(sidecar.state.has('Shipment/o-3/shipment'), false);
  });

  it('asks for the event again when it cannot publish, and ships then', async () => {
    sidecar.failPublishing = true;
    assert.equal(await sidecar.deliver('OrderPaid', order('o-4')), 'RETRY');
    assert.equal(sidecar.state.has('Shipment/o-4/shipment'), false);
    sidecar.failPublishing = false;
    assert.equal(await sidecar.deliver('OrderPaid', order('o-4')), 'SUCCESS');
    assert.deepEqual(sidecar.published.map((event) => event.type), ['OrderShipped']);

    sidecar.failPublishing = true;
    const [failed] = await sidecar.fireReminders();
    assert.equal(failed.status, 500);
    sidecar.failPublishing = false;
    const [delivered] = await sidecar.fireReminders();
    assert.equal(delivered.status, 200);
    assert.deepEqual(sidecar.published.map((event) => event.type), ['OrderShipped', 'OrderDelivered']);
  });

  it('asks again for an event whose data is broken, so that it ends among the dead letters', async () => {
    assert.equal(await sidecar.deliver('OrderPaid', { ...order('o-5'), orderId: '' }), 'RETRY');
    assert.equal(await sidecar.deliver('OrderPaid', { ...order('o-5'), total: 'much' }), 'RETRY');
    assert.deepEqual(sidecar.published, []);
  });

  it('does not deliver an order that was cancelled on its way', async () => {
    await sidecar.deliver('OrderPaid', order('o-6'));
    assert.equal(await sidecar.deliver('OrderCancelled', order('o-6')), 'SUCCESS');
    assert.equal(sidecar.reminders.size, 0);
    assert.equal(await sidecar.deliver('OrderPaid', order('o-6')), 'SUCCESS');
    assert.deepEqual(sidecar.published.map((event) => event.type), ['OrderShipped']);
    assert.equal(sidecar.reminders.size, 0);
  });

  it('does not ship an order that was cancelled before', async () => {
    await sidecar.deliver('OrderCancelled', order('o-7'));
    assert.equal(await sidecar.deliver('OrderPaid', order('o-7')), 'SUCCESS');
    assert.deepEqual(sidecar.published, []);
  });

  it('lives on when the sidecar deactivates an actor that it has never seen', async () => {
    assert.equal(await sidecar.deactivate('Shipment', 'never-seen'), 200);
    assert.equal(service.child.exitCode, null);
  });

  it('refuses who does not have its token, and answers about its health to anybody', async () => {
    const base = `http://127.0.0.1:${sidecar.appPort}`;
    const statusOf = async (path, options) => (await fetch(base + path, options)).status;
    assert.equal(await statusOf('/pubsub--order-events--default', { method: 'POST', body: '{}' }), 401);
    assert.equal(await statusOf('/actors/Shipment/x/method/ship', { method: 'PUT', headers: { 'dapr-api-token': 'wrong' } }), 401);
    for (const path of ['/health', '/health/ready', '/health/live', '/metrics', '/openapi/v1.json', '/healthz']) {
      assert.equal(await statusOf(path), 200, path);
    }
    const health = await (await fetch(`${base}/health`)).json();
    assert.equal(health.status, 'healthy');
    assert.equal(health.checks.sidecar.status, 'healthy');
  });
});

describe('the process', { timeout: 120_000 }, () => {
  afterEach(killAll);

  it('ends by itself with 0 on SIGTERM', async () => {
    const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
    const service = await startService(sidecar);
    assert.deepEqual(await service.kill('SIGTERM'), { code: 0, signal: null });
    await sidecar.stop();
  });

  it('says which setting is wrong', async () => {
    const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
    const service = await startService(sidecar, { SHIPPING_DELAY: 'soon' });
    assert.equal(service.started, false);
    assert.deepEqual(await service.exited, { code: 1, signal: null });
    assert.match(service.log.join('\n'), /SHIPPING_DELAY is 'soon'/);
    await sidecar.stop();
  });

  it('says that its port is taken', async () => {
    const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
    const first = await startService(sidecar);
    const second = await startService(sidecar);
    assert.equal(second.started, false);
    assert.match(second.log.join('\n'), new RegExp(`Port ${sidecar.appPort} \\(APP_PORT\\) is in use`));
    await first.kill();
    await sidecar.stop();
  });
});

describe('ids', () => {
  it('are the same for the same name and version 5', () => {
    assert.equal(nameBasedId('a'), nameBasedId('a'));
    assert.notEqual(nameBasedId('a'), nameBasedId('b'));
    assert.match(nameBasedId('a'), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.match(trackingNumber('a'), /^TD[2-9A-HJ-KM-NP-TV-Z]{12}$/);
  });
});

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { eventId } from '../src/ids.mjs';
import { freePort, killAll, startService } from './support/service.mjs';
import { SidecarDouble } from './support/sidecar.mjs';

const order = { orderId: 'o-1', userId: 'u-1', total: 10, currency: 'USD', items: [], status: 'paid' };

// The life of an order, as the sidecar drives it: OrderPaid until it is acknowledged, the reminder until it is gone.
async function live(sidecar, alive) {
  while (await sidecar.deliver('OrderPaid', order) !== 'SUCCESS') {
    await alive();
  }
  while (sidecar.reminders.size > 0) {
    await sidecar.fireReminders();
    await alive();
  }
}

async function requestsOfOneLife() {
  const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
  const service = await startService(sidecar);
  const before = sidecar.requests.length;
  await live(sidecar, async () => {});
  const count = sidecar.requests.length - before;
  await service.kill();
  await sidecar.stop();
  return count;
}

describe('kill -9 after any request that the service makes', { timeout: 300_000 }, () => {
  afterEach(killAll);

  it('neither loses nor doubles a shipment', async () => {
    const points = await requestsOfOneLife();
    assert.ok(points >= 8, `only ${points} requests`);

    for (let point = 1; point <= points; point++) {
      const sidecar = await new SidecarDouble({ appToken: 't' }).start(await freePort());
      let service = await startService(sidecar);
      let seen = 0;
      let killed = false;
      sidecar.applied = async () => {
        if (!killed && ++seen === point) {
          killed = true;
          await service.kill();
        }
      };

      await live(sidecar, async () => {
        if (service.child.killed) {
          await service.exited;
          service = await startService(sidecar);
        }
      });

      const ids = (type) => [...new Set(sidecar.published.filter((event) => event.type === type).map((event) => event.id))];
      assert.ok(killed, `point ${point} was not reached`);
      assert.deepEqual(ids('OrderShipped'), [eventId('o-1', 'OrderShipped')], `point ${point}`);
      assert.deepEqual(ids('OrderDelivered'), [eventId('o-1', 'OrderDelivered')], `point ${point}`);
      const types = sidecar.published.map((event) => event.type);
      assert.ok(types.lastIndexOf('OrderShipped') < types.indexOf('OrderDelivered'), `point ${point}: ${types}`);
      await service.kill();
      await sidecar.stop();
    }
  });
});

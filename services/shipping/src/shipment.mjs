import { AbstractActor, Temporal } from '@dapr/dapr';
import { eventId, trackingNumber } from './ids.mjs';

export const topic = 'order-events';
export const pubsub = 'pubsub';

const stateName = 'shipment';
const deliveryReminder = 'deliver';

/**
 * The actor type `Shipment`; an actor's id is the id of the order that it ships.
 *
 * Every step can be repeated: an event is published before the state says so, under an id that depends on nothing but the
 * order and the event's type, so a crash in between leads to the same event once more and consumers drop it. The caller
 * acknowledges OrderPaid only after `ship` has returned, so a crash anywhere in it leads to `ship` once more. What comes
 * later hangs on a durable reminder that repeats itself until the delivery has been told.
 */
export function shipmentActor({ deliveryDelay, deliveryRetry, log, metrics, tracing, now = Date.now }) {
  return class Shipment extends AbstractActor {
    constructor(daprClient, id) {
      super(daprClient, id);
      // The SDK makes a client for each actor and has each ask for the sidecar's metadata before its first call, and wait
      // for half a minute when there is no answer. A turn that fails at once is retried by the one who asked for it.
      this.actorClient.actor.client.setIsInitialized(true);
    }

    // The SDK keeps a changed state in memory also when saving it has failed, and would take it for saved in the next turn.
    async onActorMethodPre() {
      await this.getStateManager().clearCache();
    }

    /** Hands the order over: OrderShipped, then the reminder of its delivery. */
    async ship(order) {
      let shipment = await this.#load();
      if (shipment === null) {
        shipment = {
          order: {
            orderId: order.orderId,
            userId: order.userId,
            total: order.total,
            currency: order.currency,
            items: order.items,
          },
          trackingNumber: trackingNumber(order.orderId),
          status: 'shipped',
          shippedAt: now(),
          cause: tracing.current(),
        };
        await this.#publish('OrderShipped', shipment);
        await this.#save(shipment);
        metrics.shipped();
        log.info('Order shipped', { orderId: order.orderId, trackingNumber: shipment.trackingNumber });
      }

      if (shipment.status === 'shipped') {
        const remaining = Math.max(0, shipment.shippedAt + deliveryDelay - now());
        await this.registerActorReminder(
          deliveryReminder,
          Temporal.Duration.from({ milliseconds: remaining }).round({ largestUnit: 'second' }),
          Temporal.Duration.from({ milliseconds: deliveryRetry }).round({ largestUnit: 'second' }),
        );
      }

      return { status: shipment.status, trackingNumber: shipment.trackingNumber ?? null };
    }

    /** The order was cancelled: what has not been handed over stays, what is on its way comes back. */
    async cancel() {
      const shipment = await this.#load();
      if (shipment !== null && shipment.status !== 'shipped') {
        return { status: shipment.status };
      }

      await this.#save({ ...shipment, status: 'recalled', recalledAt: now() });
      if (shipment !== null) {
        await this.unregisterActorReminder(deliveryReminder);
        metrics.recalled();
        log.info('Shipment called back', { orderId: this.getActorId().getId() });
      }
      return { status: 'recalled' };
    }

    /** The parcel arrives. A turn that fails before its end is tried again when the reminder's period has passed. */
    async receiveReminder() {
      const shipment = await this.#load();
      if (shipment?.status === 'shipped') {
        await tracing.goOn(shipment.cause, 'deliver', () => this.#deliver(shipment));
      }
      await this.unregisterActorReminder(deliveryReminder);
    }

    async #deliver(shipment) {
      const delivered = { ...shipment, status: 'delivered', deliveredAt: now() };
      await this.#publish('OrderDelivered', delivered);
      await this.#save(delivered);
      metrics.delivered();
      log.info('Order delivered', { orderId: shipment.order.orderId });
    }

    async #load() {
      const [found, shipment] = await this.getStateManager().tryGetState(stateName);
      return found ? shipment : null;
    }

    async #save(shipment) {
      await this.getStateManager().setState(stateName, shipment);
      await this.getStateManager().saveState();
    }

    async #publish(type, shipment) {
      const { orderId } = shipment.order;
      const data = { ...shipment.order, status: shipment.status, trackingNumber: shipment.trackingNumber };
      const { error } = await this.getDaprClient().pubsub.publish(pubsub, topic, data, {
        contentType: 'application/json',
        metadata: {
          'cloudevent.id': eventId(orderId, type),
          'cloudevent.type': type,
          'cloudevent.subject': orderId,
          partitionKey: orderId,
        },
      });
      // The SDK returns what it could not publish instead of throwing it.
      if (error) {
        throw new Error(`${type} of order ${orderId} could not be published.`, { cause: error });
      }
    }
  };
}

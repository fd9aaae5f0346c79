import { ActorId, ActorProxyBuilder, DaprPubSubStatusEnum } from '@dapr/dapr';
import { pubsub, topic } from './shipment.mjs';

const deadLetterTopic = `${topic}-dead`;
const typeHeader = 'x-tandem-event-type';

/** Subscribes to order-events and hands what concerns shipping to the order's actor. */
export async function subscribeToOrders({ server, web, Shipment, log, metrics }) {
  const shipments = new ActorProxyBuilder(Shipment, server.client);
  const handlers = {
    OrderPaid: (order) => shipments.build(new ActorId(order.orderId)).ship(order),
    OrderCancelled: (order) => shipments.build(new ActorId(order.orderId)).cancel(),
  };

  // The SDK gives a handler the event's data and the request's headers, but not the event's type.
  web.post(`/${pubsub}--${topic}--default`, (request, _response, next) => {
    request.headers[typeHeader] = String(request.body?.type ?? '');
    next();
  });

  await server.pubsub.subscribeWithOptions(pubsub, topic, {
    deadLetterTopic,
    callback: async (order, headers) => {
      const type = headers[typeHeader];
      if (!Object.hasOwn(handlers, type)) {
        return DaprPubSubStatusEnum.SUCCESS;
      }

      // The SDK takes a handler that throws for one that succeeded: only RETRY keeps the event.
      try {
        requireOrder(order);
        await handlers[type](order);
        return DaprPubSubStatusEnum.SUCCESS;
      } catch (error) {
        metrics.failed();
        log.error('Event failed and is asked for again', { type, orderId: order?.orderId, error: error.message });
        return DaprPubSubStatusEnum.RETRY;
      }
    },
  });
}

function requireOrder(order) {
  for (const field of ['orderId', 'userId', 'currency']) {
    if (typeof order?.[field] !== 'string' || order[field] === '') {
      throw new Error(`The event's data has no ${field}.`);
    }
  }
  if (typeof order.total !== 'number' || !Array.isArray(order.items)) {
    throw new Error("The event's data has no total or no items.");
  }
}

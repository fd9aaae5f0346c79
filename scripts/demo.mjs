#!/usr/bin/env node
// A scripted shopper against the running mesh: signs in, looks around, fills a basket, orders, and waits until the order is
// delivered and every notification is there. Prints each step with its time; ends with 1 when something is not as it must be.
//
//   node scripts/demo.mjs [--gateway http://127.0.0.1:8083]

const gateway = (argument('--gateway') ?? process.env.GATEWAY ?? 'http://127.0.0.1:8083').replace(/\/$/, '');
const expectedEvents = ['OrderCreated', 'OrderReserved', 'PaymentCompleted', 'OrderPaid', 'BasketCleared', 'OrderShipped', 'OrderDelivered'];
const begun = performance.now();
let token;

function argument(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`${gateway}/api${path}`, {
      method,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw new Error(`${gateway} does not answer (${error.cause?.code ?? error.message}). Is the mesh running? Start it with: make run`);
  }
  const text = await response.text();
  const json = text && /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(`${method} /api${path} answered ${response.status}: ${json?.detail ?? json?.title ?? text}`);
  return json;
}

async function step(title, work) {
  const start = performance.now();
  const said = await work();
  const taken = performance.now() - start;
  console.log(`${String((performance.now() - begun).toFixed(0)).padStart(7)} ms  ${title.padEnd(28)} ${said ?? ''}  (${taken.toFixed(0)} ms)`);
}

async function until(what, seconds, probe) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const result = await probe();
    if (result.done) return result;
    if (performance.now() > end) throw new Error(`${what} did not happen within ${seconds} s; last seen: ${result.seen}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function check(condition, complaint) {
  if (!condition) throw new Error(complaint);
}

async function notificationsOf(userId) {
  const all = [];
  for (let page = 1; ; page++) {
    const answer = await call('GET', `/notifications?userId=${userId}&pageSize=100&page=${page}`);
    all.push(...answer.items);
    if (all.length >= answer.total || answer.items.length === 0) return all;
  }
}

async function shop() {
  let user, chosen, order;
  const before = new Map();
  let seenBefore = new Set();

  await step('sign in', async () => {
    const answer = await call('POST', '/auth/login', { email: 'ann@example.com', password: 'Passw0rd!' });
    ({ accessToken: token, user } = answer);
    seenBefore = new Set((await notificationsOf(user.id)).map(n => n.id));
    return `as ${user.name} <${user.email}>`;
  });
  await step('look at the products', async () => {
    const { items, total } = await call('GET', '/products?pageSize=100');
    chosen = items.filter(p => p.stockQuantity >= 5).slice(0, 2);
    check(chosen.length === 2, 'fewer than two products are in stock');
    for (const product of chosen) before.set(product.id, product.stockQuantity);
    return `${total} products, taking "${chosen[0].name}" and "${chosen[1].name}"`;
  });
  await step('fill the basket', async () => {
    await call('DELETE', `/baskets/${user.id}/items`);
    await call('POST', `/baskets/${user.id}/items`, { productId: chosen[0].id, quantity: 2 });
    const basket = await call('POST', `/baskets/${user.id}/items`, { productId: chosen[1].id, quantity: 1 });
    return `${basket.items.length} lines, ${basket.total} ${basket.currency}`;
  });
  await step('order', async () => {
    order = await call('POST', '/orders', {
      userId: user.id,
      shippingAddress: { name: user.name, street: '1 Main Street', city: 'Springfield', state: 'IL', zip: '62701', country: 'US' },
      paymentMethod: { type: 'card', token: 'tok_visa' },
    });
    return `${order.id}, ${order.total} ${order.currency}`;
  });
  for (const status of ['paid', 'shipped', 'delivered']) {
    await step(`wait until ${status}`, async () => {
      const { seen } = await until(`the order's status "${status}"`, 60, async () => {
        const now = await call('GET', `/orders/${order.id}`);
        return { done: now.history.some(h => h.status === status), seen: now.status, order: (order = now) };
      });
      return status === 'shipped' ? `tracking number ${order.trackingNumber}` : seen;
    });
  }
  await step('the basket', async () => {
    const basket = await call('GET', `/baskets/${user.id}`);
    check(basket.items.length === 0, `the basket still holds ${basket.items.length} lines`);
    return 'is empty';
  });
  await step('the stock', async () => {
    for (const [index, bought] of [2, 1].entries()) {
      const { id } = chosen[index];
      const { stockQuantity } = await call('GET', `/products/${id}`);
      check(before.get(id) - stockQuantity === bought, `product ${id}: stock went from ${before.get(id)} to ${stockQuantity}, expected ${bought} less`);
    }
    return 'fell by exactly what was bought';
  });
  await step('the notifications', async () => {
    const { types } = await until('one notification for each event', 30, async () => {
      const types = (await notificationsOf(user.id)).filter(n => !seenBefore.has(n.id)).map(n => n.type);
      // The basket was emptied once before it was filled, which is an event of its own when there was something in it.
      return { done: expectedEvents.every(e => types.includes(e)), seen: types.join(', ') || 'none', types };
    });
    const doubled = types.filter((t, i) => t !== 'BasketCleared' && types.indexOf(t) !== i);
    check(doubled.length === 0, `more than one notification for ${doubled.join(', ')}`);
    return types.join(', ');
  });
}

try {
  console.log(`Shopping at ${gateway}`);
  await shop();
  console.log(`Done in ${((performance.now() - begun) / 1000).toFixed(2)} s: paid, shipped, delivered, and told of each step once.`);
} catch (error) {
  console.error(`FAILED: ${error.message}`);
  process.exit(1);
}

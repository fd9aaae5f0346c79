// Who comes to the shop and what they do there: a weighted mix, drawn from a seeded generator so that two runs ask for the same.
import { randomUUID } from 'node:crypto';
import { request } from './client.mjs';

const password = 'Passw0rd!';
const address = { name: 'Ann', street: '1 Main Street', city: 'Springfield', state: 'IL', zip: '62701', country: 'US' };
const words = ['lamp', 'chair', 'wool', 'steel', 'garden', 'light', 'oak', 'coffee', 'travel', 'lmap'];
const sorts = ['name', 'price', '-price', 'newest'];

/** Registers shoppers and signs everybody in; gives what the operations need. */
export async function openShop(origin, { shoppers = 20, seed = 20 } = {}) {
  const random = generator(seed);
  const pick = list => list[Math.floor(random() * list.length)];
  const signIn = async email => {
    const { status, body } = await request(origin, 'POST', '/api/auth/login', { body: { email, password } });
    if (status !== 200) throw new Error(`${email} cannot sign in: ${status}`);
    return { id: body.user.id, email, token: body.accessToken, orders: [], cart: false };
  };
  const users = [];
  for (let i = 0; i < shoppers; i++) {
    const email = `soak-${randomUUID()}@example.com`;
    const { status } = await request(origin, 'POST', '/api/auth/register', { body: { email, password, name: `Shopper ${i}` } });
    if (status !== 201) throw new Error(`registering answered ${status}`);
    users.push(await signIn(email));
  }
  const admin = await signIn('admin@example.com');
  const { body } = await request(origin, 'GET', '/api/products?pageSize=100');
  const shop = { origin, users, admin, products: body.items, categories: [...new Set(body.items.map(p => p.category))], placed: new Set(), pick, random, restocked: 0 };
  for (const product of shop.products) await restock(shop, product, 100_000);
  return shop;
}

/**
 * The mix. Each operation has a weight and answers { read, status, expected }; `read` says whether it counts as a read.
 * Names are what the report shows.
 */
export const operations = [
  read('GET products', 14, shop => [`/api/products?category=${encodeURIComponent(shop.pick(shop.categories))}&sort=${shop.pick(sorts)}&page=${1 + Math.floor(shop.random() * 2)}&pageSize=20`]),
  read('GET product', 20, shop => [`/api/products/${shop.pick(shop.products).id}`]),
  read('GET product image', 2, shop => [`/api/products/${shop.pick(shop.products).id}/image`]),
  read('GET categories', 2, () => ['/api/products/categories']),
  read('GET search', 10, shop => [`/api/products/search?q=${shop.pick(words)}`]),
  read('GET basket', 8, (shop, user) => [`/api/baskets/${user.id}`, user.token]),
  read('GET order', 12, (shop, user) => [user.orders.length > 0 ? `/api/orders/${shop.pick(user.orders)}` : `/api/orders?userId=${user.id}`, user.token]),
  read('GET orders', 4, (shop, user) => [`/api/users/${user.id}/orders?pageSize=20`, user.token]),
  read('GET notifications', 6, (shop, user) => [`/api/notifications?userId=${user.id}&pageSize=20`, user.token]),
  read('GET unread', 2, (shop, user) => [`/api/notifications/unread?userId=${user.id}`, user.token]),
  read('GET me', 1, (shop, user) => ['/api/users/me', user.token]),
  read('admin: GET summary', 1, shop => ['/api/analytics/summary', shop.admin.token]),
  read('admin: GET windows', 1, shop => ['/api/analytics/windows?pageSize=20', shop.admin.token]),
  read('admin: GET orders', 1, shop => ['/api/orders?status=delivered&pageSize=20', shop.admin.token]),
  read('admin: GET payments', 1, shop => ['/api/payments?status=completed&pageSize=20', shop.admin.token]),
  read('admin: GET status', 1, shop => ['/admin/status', shop.admin.token]),
  { name: 'POST basket item', weight: 6, run: addToBasket },
  { name: 'POST orders', weight: 5, isOrder: true, run: placeOrder },
  { name: 'POST read-all', weight: 1, run: async (shop, user) => expect(await request(shop.origin, 'POST', '/api/notifications/read-all', { token: user.token, body: { userId: user.id } }), 200, 204) },
  { name: 'admin: PUT stock', weight: 1, run: shop => restock(shop, shop.products[shop.restocked++ % shop.products.length], 100_000) },
  { name: 'POST login', weight: 1, run: async (shop, user) => expect(await request(shop.origin, 'POST', '/api/auth/login', { body: { email: user.email, password } }), 200) },
];

/** Draws the operation and the user of the next request. */
export function draw(shop) {
  let at = shop.random() * operations.reduce((sum, operation) => sum + operation.weight, 0);
  return { operation: operations.find(operation => (at -= operation.weight) < 0) ?? operations[0], user: shop.pick(shop.users) };
}

/** Waits until every order that was acknowledged has been delivered; gives those that were not in time. */
export async function settle(shop, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  const open = new Set(shop.placed);
  while (open.size > 0 && Date.now() < end) {
    for (const user of shop.users) {
      for (let page = 1; ; page++) {
        const { body } = await request(shop.origin, 'GET', `/api/orders?userId=${user.id}&status=delivered&pageSize=100&page=${page}`, { token: user.token });
        body.items.forEach(order => open.delete(order.id));
        if (page * 100 >= body.total) break;
      }
    }
    if (open.size > 0) await new Promise(resolve => setTimeout(resolve, 1000));
  }
  return [...open];
}

function read(name, weight, target) {
  return {
    name, weight, isRead: true,
    run: async (shop, user) => {
      const [path, token] = target(shop, user);
      return expect(await request(shop.origin, 'GET', path, { token }), 200);
    },
  };
}

// One in three orders what lies in the basket, the others name their items; both take what stock there is.
async function placeOrder(shop, user) {
  const fromBasket = user.cart && shop.random() < 0.5;
  user.cart &&= !fromBasket;
  const items = fromBasket ? undefined : [{ productId: shop.pick(shop.products).id, quantity: 1 }, { productId: shop.pick(shop.products).id, quantity: 2 }];
  const answer = expect(await request(shop.origin, 'POST', '/api/orders', {
    token: user.token, headers: { 'idempotency-key': randomUUID() },
    body: { userId: user.id, shippingAddress: address, paymentMethod: { type: 'card', token: 'tok_visa' }, items },
  }), 202);
  user.orders.push(answer.body.id);
  if (user.orders.length > 50) user.orders.shift();
  shop.placed.add(answer.body.id);
  return answer;
}

async function addToBasket(shop, user) {
  const answer = expect(await request(shop.origin, 'POST', `/api/baskets/${user.id}/items`, { token: user.token, body: { productId: shop.pick(shop.products).id, quantity: 1 } }), 200);
  user.cart = true;
  return answer;
}

async function restock(shop, product, quantity) {
  return expect(await request(shop.origin, 'PUT', `/api/products/${product.id}/stock`, { token: shop.admin.token, body: { quantity } }), 200);
}

function expect(answer, ...statuses) {
  if (!statuses.includes(answer.status)) throw new Error(`answered ${answer.status}: ${answer.body?.detail ?? answer.body?.title ?? ''}`);
  return answer;
}

// mulberry32: small, quick, and the same numbers everywhere.
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

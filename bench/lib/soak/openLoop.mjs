// Load at a constant rate, whatever the answers take: who comes to a shop does not wait until the one before has been served.
import { draw } from './traffic.mjs';

/**
 * Sends `rate` requests a second for `seconds`. A latency counts from the moment when the request was due, so that a stall shows in all
 * requests that it held up. Calls `done({ operation, due, milliseconds, error })` for each, due in seconds since the start.
 */
export async function openLoop(shop, { rate, seconds, done }) {
  const begin = performance.now();
  const total = Math.round(rate * seconds);
  const running = new Set();
  for (let sent = 0; sent < total;) {
    const now = performance.now() - begin;
    for (; sent < total && (sent / rate) * 1000 <= now; sent++) {
      const due = (sent / rate) * 1000;
      const { operation, user } = draw(shop);
      const one = operation.run(shop, user).then(
        () => done({ operation, due: due / 1000, milliseconds: performance.now() - begin - due }),
        error => done({ operation, due: due / 1000, milliseconds: performance.now() - begin - due, error }),
      ).finally(() => running.delete(one));
      running.add(one);
    }
    await new Promise(resolve => setTimeout(resolve, Math.max(0, (sent / rate) * 1000 - (performance.now() - begin))));
  }
  await Promise.all(running);
}

// Ports for the tests in JavaScript: below those that outgoing connections draw from, so that none is taken between the look and the listening,
// and above those of tests/Shared/FreePorts.cs.
import net from 'node:net';

const first = 17_000;
const count = 2_500;
let next = Math.floor(Math.random() * count);

/** A port that nobody listens on, and that this process was not given before. */
export async function freePort() {
  for (;;) {
    next = (next + 1) % count;
    const port = first + next;
    const free = await new Promise(resolve => {
      const server = net.createServer().once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

// Requests over connections that are kept, with as little work of our own as can be: the generator sits on the cores that it measures.
import http from 'node:http';

const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });

/** One request; answers { status, body } with JSON parsed, or bytes counted where it is none. */
export function request(origin, method, path, { token, body, headers = {} } = {}) {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = http.request(`${origin}${path}`, {
      method, agent, timeout: 30_000,
      headers: {
        ...headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      },
    }, response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const bytes = Buffer.concat(chunks);
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        resolve({ status: response.statusCode, body: isJson && bytes.length > 0 ? JSON.parse(bytes) : undefined, length: bytes.length });
      });
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer in 30 s')));
    sent.once('error', reject);
    sent.end(payload);
  });
}

/** Closes what is kept. */
export const close = () => agent.destroy();

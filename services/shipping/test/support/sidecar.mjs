import http from 'node:http';

/**
 * A small double of the sidecar: actor state, reminders that fire when the test says so, turns one at a time for each actor,
 * and a record of what was published. It outlives the service, as the real one outlives a crash of its app.
 */
export class SidecarDouble {
  published = [];
  traces = [];
  reminders = new Map();
  state = new Map();
  requests = [];
  failPublishing = false;

  /** Called with the request's description when it has been applied and not yet been answered. */
  applied = () => {};

  #turns = new Map();
  #server = http.createServer((request, response) => this.#receive(request, response));

  constructor({ appToken }) {
    this.appToken = appToken;
  }

  async start(appPort) {
    this.appPort = appPort;
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    // A test that failed half-way must still let its process end.
    this.#server.unref();
    this.port = this.#server.address().port;
    return this;
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Delivers an event once and gives what the app said: its status, or null when it answered nothing at all. */
  async deliver(type, data, id = `${data.orderId}-${type}`, traceparent = undefined) {
    const { route } = (await (await this.#app('GET', '/dapr/subscribe')).json())[0];
    const event = {
      specversion: '1.0', id, type, source: 'order', subject: data.orderId, topic: 'order-events', pubsubname: 'pubsub',
      datacontenttype: 'application/json', data,
    };
    try {
      const response = await this.#app('POST', route, event, 'application/cloudevents+json', traceparent);
      return response.ok ? (await response.json()).status : `HTTP ${response.status}`;
    } catch {
      return null; // The app died with the request.
    }
  }

  /** Fires what reminders there are, once. */
  async fireReminders() {
    const fired = [];
    for (const { type, id, name, reminder } of [...this.reminders.values()]) {
      fired.push(await this.#turn(type, id, `remind/${name}`, { dueTime: reminder.dueTime, period: reminder.period, data: reminder.data ?? null }));
    }
    return fired;
  }

  async deactivate(type, id) {
    return (await this.#app('DELETE', `/actors/${type}/${id}`)).status;
  }

  async appConfig() {
    return (await this.#app('GET', '/dapr/config')).json();
  }

  async subscriptions() {
    return (await this.#app('GET', '/dapr/subscribe')).json();
  }

  #app(method, path, body, contentType = 'application/json', traceparent = undefined) {
    return fetch(`http://127.0.0.1:${this.appPort}${path}`, {
      method,
      headers: { 'dapr-api-token': this.appToken, ...(traceparent && { traceparent }), ...(body === undefined ? {} : { 'content-type': contentType }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  }

  // Turns of one actor never overlap, as with the real one.
  #turn(type, id, method, body, traceparent) {
    const key = `${type}/${id}`;
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(async () => {
      try {
        const response = await this.#app('PUT', `/actors/${type}/${id}/method/${method}`, body, undefined, traceparent);
        return { status: response.status, text: await response.text() };
      } catch (error) {
        return { status: 500, text: JSON.stringify({ errorCode: 'ERR_ACTOR_INVOKE_METHOD', message: error.message }) };
      }
    });
    this.#turns.set(key, turn);
    return turn;
  }

  async #receive(request, response) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    const url = new URL(request.url, 'http://sidecar');
    const { status, body } = await this.#apply(request.method, url, text === '' ? undefined : JSON.parse(text), request.headers);
    const description = `${request.method} ${url.pathname}`;
    this.requests.push(description);
    await this.applied(description);
    response.writeHead(status, body === undefined ? {} : { 'content-type': 'application/json' });
    response.end(body);
  }

  async #apply(method, url, body, { traceparent }) {
    const [, , block, ...rest] = url.pathname.split('/');
    if (block === 'metadata') {
      return { status: 200, body: '{"id":"shipping"}' };
    }
    if (block === 'healthz') {
      return { status: 204 };
    }
    if (block === 'publish') {
      return this.#publish(rest, url, body, traceparent);
    }
    if (block === 'actors') {
      return this.#actor(method, rest, body, traceparent);
    }
    return { status: 404, body: '{"errorCode":"ERR_NOT_FOUND"}' };
  }

  #publish([pubsub, topic], url, data, traceparent) {
    if (this.failPublishing) {
      return { status: 500, body: '{"errorCode":"ERR_PUBSUB_PUBLISH_MESSAGE"}' };
    }
    const metadata = (name) => url.searchParams.get(`metadata.${name}`);
    this.traces.push(traceparent);
    this.published.push({
      pubsub, topic, data,
      id: metadata('cloudevent.id'), type: metadata('cloudevent.type'), subject: metadata('cloudevent.subject'), partitionKey: metadata('partitionKey'),
    });
    return { status: 204 };
  }

  async #actor(method, [type, id, kind, name], body, traceparent) {
    if (kind === 'method') {
      const { status, text } = await this.#turn(type, id, name, body, traceparent);
      return { status, body: text };
    }
    if (kind === 'state' && method === 'GET') {
      const value = this.state.get(`${type}/${id}/${name}`);
      return value === undefined ? { status: 204 } : { status: 200, body: value };
    }
    if (kind === 'state') {
      for (const { operation, request } of body) {
        const key = `${type}/${id}/${request.key}`;
        if (operation === 'delete') {
          this.state.delete(key);
        } else {
          this.state.set(key, JSON.stringify(request.value));
        }
      }
      return { status: 204 };
    }
    if (method === 'DELETE') {
      this.reminders.delete(`${type}/${id}/${name}`);
    } else {
      this.reminders.set(`${type}/${id}/${name}`, { type, id, name, reminder: body });
    }
    return { status: 204 };
  }
}

import { createHash, timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import express from 'express';

// Anybody may ask how the service is and what it wants.
const ownPath = /^\/(health(\/|$)|healthz$|metrics$|openapi\/|dapr\/)/;

const verbs = ['get', 'put', 'post', 'delete'];

// A sidecar keeps idle connections for a minute and more; the server must not be the first to close them, or a request
// that is sent at that moment is lost.
const keepAlive = 120_000;

/** Whether a request is about the service itself, and not about what it is there for. */
export const isOwnPath = (request) => request.method === 'GET' && ownPath.test(request.path);

/** The web application that the Dapr SDK registers its routes in. */
export function createWeb({ appToken, log, tracing, listenAddress = '127.0.0.1' }) {
  const web = express();
  web.disable('x-powered-by');
  web.disable('etag');

  // A handler of the SDK that fails would be an unhandled rejection, which ends the process with the request unanswered.
  for (const verb of verbs) {
    const register = web[verb].bind(web);
    web[verb] = (route, ...handlers) => (handlers.length === 0 ? register(route) : register(route, ...handlers.map(answering)));
  }

  // The SDK listens on every address of the machine.
  web.listen = (port) => {
    const server = http.createServer(web);
    server.keepAliveTimeout = keepAlive;
    server.headersTimeout = keepAlive + 1000;
    server.on('error', (error) => {
      log.error(error.code === 'EADDRINUSE' ? `Port ${port} (APP_PORT) is in use.` : `Cannot listen on port ${port}: ${error.message}`);
      process.exit(1);
    });
    return server.listen(port, listenAddress);
  };

  if (appToken !== null) {
    web.use(requireToken(appToken));
  }
  web.use(tracing.serve);
  return web;
}

/** Answers for the handlers that failed; to be registered after their routes. */
export function answerFailures({ web, log }) {
  web.use((error, request, response, _next) => {
    // After a restart the sidecar may deactivate an actor that this process has never seen: it is as wanted.
    if (request.method === 'DELETE' && String(error.message).includes('ACTOR_NOT_ACTIVATED')) {
      response.status(200).end();
      return;
    }
    const status = error.status >= 400 && error.status < 500 ? error.status : 500;
    if (status === 500) {
      log.error('Request failed', { method: request.method, path: request.path, error: error.message, cause: error.cause?.message });
    }
    response.status(status).type('application/problem+json')
      .send({ title: status === 500 ? 'Internal Server Error' : 'Bad Request', status, instance: request.path });
  });
}

function answering(handler) {
  return async (request, response, next) => {
    try {
      await handler(request, response, next);
    } catch (error) {
      next(error);
    }
  };
}

// Whoever has the token is the own sidecar.
function requireToken(token) {
  const digest = (text) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (request, response, next) => {
    const given = request.headers['dapr-api-token'];
    if (isOwnPath(request) || (given !== undefined && timingSafeEqual(digest(given), expected))) {
      next();
      return;
    }
    response.status(401).type('application/problem+json').send({ title: 'Unauthorized', status: 401, instance: request.path });
  };
}

import { parseDuration } from './duration.mjs';

export const appId = 'shipping';

/** Reads the settings from the environment; throws one message that names the variable at fault. */
export function readSettings(env) {
  return {
    port: portOf(env, ['APP_PORT', 'PORT'], 8088),
    // Loopback unless told otherwise; in a pod the kubelet's probes come from outside of it.
    listenAddress: env.LISTEN_ADDRESS || '127.0.0.1',
    sidecarPort: portOf(env, ['DAPR_HTTP_PORT'], 3500),
    appToken: env.APP_API_TOKEN || null,
    deliveryDelay: durationOf(env, 'SHIPPING_DELAY', '2s'),
    // How soon a delivery that could not be told is told again.
    deliveryRetry: durationOf(env, 'SHIPPING_RETRY', '5s', 1000),
    logLevel: oneOf(env, 'LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info'),
    logFormat: oneOf(env, 'LOG_FORMAT', ['json', 'text'], 'json'),
  };
}

function portOf(env, names, fallback) {
  for (const name of names) {
    const value = env[name];
    if (value === undefined || value === '') {
      continue;
    }
    if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65535) {
      throw new Error(`${name} is '${value}'; it must be a port number.`);
    }
    return Number(value);
  }
  return fallback;
}

function durationOf(env, name, fallback, least = 0) {
  const value = env[name] || fallback;
  const milliseconds = parseDuration(value);
  if (milliseconds === null || milliseconds < least) {
    throw new Error(`${name} is '${value}'; it must be a duration of at least ${least} ms, such as 2s or 1h30m.`);
  }
  return milliseconds;
}

function oneOf(env, name, known, fallback) {
  const value = (env[name] || fallback).toLowerCase();
  if (!known.includes(value)) {
    throw new Error(`${name} is '${value}'; it must be one of ${known.join(', ')}.`);
  }
  return value;
}

import { LogLevel } from '@dapr/dapr';

const levels = ['debug', 'info', 'warn', 'error'];

/** A logger that writes one line an entry: a JSON object, or text for people. `trace` gives the fields that name the trace that is under way. */
export function createLog({ level, format, trace = () => ({}), write = (line) => process.stdout.write(line) }) {
  const lowest = levels.indexOf(level);
  const entry = (name) => (message, values = {}) => {
    if (levels.indexOf(name) < lowest) {
      return;
    }
    const time = new Date().toISOString();
    const fields = { ...values, ...trace() };
    write(format === 'json'
      ? `${JSON.stringify({ time, level: name, app_id: 'shipping', msg: message, ...fields })}\n`
      : `${time} ${name.padEnd(5)} ${message}${Object.entries(fields).map(([key, value]) => ` ${key}=${oneLine(value)}`).join('')}\n`);
  };
  return { debug: entry('debug'), info: entry('info'), warn: entry('warn'), error: entry('error') };
}

// Values come from events, and with them from clients: none may end the line and begin one of its own.
function oneLine(value) {
  const text = String(value);
  return /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) ? JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029]/g, '?') : text;
}

/** What the Dapr SDK says, from warnings upwards: what it does all day is of no interest to an operator. */
export function sdkLogger(log) {
  return {
    level: LogLevel.Warn,
    service: {
      error: (message) => log.error(String(message), { scope: 'dapr-sdk' }),
      warn: (message) => log.warn(String(message), { scope: 'dapr-sdk' }),
      info: (message) => log.info(String(message), { scope: 'dapr-sdk' }),
      verbose: (message) => log.debug(String(message), { scope: 'dapr-sdk' }),
      debug: (message) => log.debug(String(message), { scope: 'dapr-sdk' }),
    },
  };
}

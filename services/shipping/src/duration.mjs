const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Reads a duration as Dapr writes them ("2s", "500ms", "1h30m", or "0") and gives it in milliseconds. */
export function parseDuration(text) {
  if (text === '0') {
    return 0;
  }

  let total = 0;
  let rest = text;
  while (rest.length > 0) {
    const part = /^(\d+(?:\.\d+)?)(ms|s|m|h)/.exec(rest);
    if (part === null) {
      return null;
    }
    total += Number(part[1]) * units[part[2]];
    rest = rest.slice(part[0].length);
  }

  return text === '' ? null : Math.round(total);
}

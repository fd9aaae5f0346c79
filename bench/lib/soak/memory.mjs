// What each process of the mesh weighs and works: PSS, which counts what processes share by its share, and CPU time.
import fs from 'node:fs';
import { ownCpuSeconds, proportionalMegabytes } from '../processes.mjs';
import { median } from '../table.mjs';

/** The processes of a mesh by the name of their app; the host is `sidecars`. */
export function processesOf(host) {
  const apps = fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).flatMap(pid => {
    const name = appOf(pid);
    return name && parentsOf(pid).includes(host) ? [[name, Number(pid)]] : [];
  });
  return new Map([...apps.sort(([a], [b]) => a.localeCompare(b)), ['sidecars', host]]);
}

/** One reading: name → { megabytes, cpu }. A process that is gone is an error: nothing may die in a soak. */
export function weigh(processes) {
  return new Map([...processes].map(([name, pid]) => [name, { megabytes: proportionalMegabytes(pid), cpu: ownCpuSeconds(pid) }]));
}

/**
 * Whether a row of readings is flat: the median of its last third lies at most `tolerance` above the median of its first third, that is 5 MB
 * or a tenth, whichever is more, which is how far a collected heap breathes. Undefined with fewer than six readings: too few to say.
 */
export function isFlat(readings) {
  if (readings.length < 6) return undefined;
  const third = Math.floor(readings.length / 3);
  const before = median(readings.slice(0, third));
  return median(readings.slice(-third)) <= before + Math.max(5, before / 10);
}

function appOf(pid) {
  try {
    const commandLine = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const service = /artifacts\/services\/(\w+)\//.exec(commandLine.join(' '))?.[1];
    return service ?? (commandLine[1] === 'src/main.mjs' ? 'shipping' : undefined);
  } catch { return undefined; /* it ended meanwhile */ }
}

function parentsOf(pid) {
  const parents = [];
  try {
    for (let id = Number(pid); id > 1;) parents.push(id = Number(fs.readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1).split(' ')[1]));
  } catch { /* it ended meanwhile */ }
  return parents;
}

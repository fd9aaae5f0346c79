// From answers and readings to tables.

/** A table of latencies by operation, and `p99(of)` over the answers that it is asked for. */
export function latencies(answers) {
  const sorted = of => answers.filter(of).map(answer => answer.milliseconds).sort((a, b) => a - b);
  const groups = [
    ['all reads', answer => answer.operation.isRead],
    ['all writes', answer => !answer.operation.isRead],
    ...[...new Set(answers.map(answer => answer.operation.name))].sort().map(name => [name, answer => answer.operation.name === name]),
  ];
  const lines = groups.map(([name, of]) => {
    const numbers = sorted(of);
    return `| ${name} | ${numbers.length} | ${[0.5, 0.9, 0.99, 1].map(share => at(numbers, share)?.toFixed(1) ?? '–').join(' | ')} |`;
  });
  return {
    table: ['| operation | count | p50 ms | p90 | p99 | longest |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n'),
    p99: of => at(sorted(of), 0.99),
  };
}

/** Memory of each process at each reading, and the share of a core that it used in between. */
export function memoryTable(readings) {
  const names = [...readings[0].of.keys()];
  const lines = names.map(name => {
    const numbers = readings.map(({ of }) => of.get(name).megabytes.toFixed(0));
    const used = readings.at(-1).of.get(name).cpu - readings[0].of.get(name).cpu;
    return `| ${name} | ${numbers.join(' | ')} | ${((100 * used) / (readings.at(-1).at - readings[0].at)).toFixed(1)} |`;
  });
  const times = readings.map(({ at }) => `${at.toFixed(0)} s`);
  return [`| PSS in MB at | ${times.join(' | ')} | % of a core |`, `| --- |${' --- |'.repeat(times.length + 1)}`, ...lines].join('\n');
}

function at(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

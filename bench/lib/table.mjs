// From numbers to a table.

/** The middle one; of an even number, the lower of the two in the middle. */
export const median = numbers => [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

/** Whether a result is at its "must" or better. */
export function judge({ row, value, p99 }) {
  if (row.must === undefined) return true;
  const isGood = isLess(row) ? value <= row.must : value >= row.must;
  return isGood && !(row.mustP99 && p99 > row.mustP99);
}

/** A Markdown table of results { row, value, p99, detail }. */
export function markdown(results) {
  const lines = results.map(result => {
    const { row, value, detail } = result;
    const digits = row.unit && row.unit !== ' s' ? 0 : 2;
    const text = number => number === undefined ? '–' : typeof number === 'number' ? `${number.toFixed(digits)}${row.unit ?? ''}` : number;
    const limit = (number, p99) => text(number) + (p99 ? ` (p99 ${p99} ms)` : '');
    return `| ${row.name} | ${text(row.reference)} | ${limit(row.must, row.mustP99)} | ${limit(row.aim, row.aimP99)} | ${text(value)}${judge(result) ? '' : ' **below**'} | ${detail ?? ''} |`;
  });
  return ['| what (c=16 where not said) | reference | must | aim | measured | in detail |', '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

const isLess = row => row.figure === 'cpu' || row.unit !== undefined;

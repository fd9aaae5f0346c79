// Which lines of services/ and sidecar/ the tests ran: the reports of all test projects together, a table by project, and a limit.
//
//   node tests/coverage.mjs [FOLDER] [--uncovered]      FOLDER holds the reports (Cobertura XML); --uncovered lists the lines that no test ran
//
// Counted is what lies in those two folders of the repository. What generators write (messages of Protobuf, regular expressions, JSON, log
// messages, bindings) lies in artifacts/ and is nobody's to test; nothing else is left out. Code that runs in processes of its own (the shop
// end to end, the conformance suites) runs there as built, and counts here only as far as a test project runs it too.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const counted = ['services', 'sidecar'];
export const least = 85;

/** Reads the reports in a folder; answers { percent, text, missing }: missing names the projects that no report knows. */
export function coverage(folder) {
  const files = new Map(); // the file, from the root -> Map of line -> whether it ran
  for (const report of reports(folder)) read(fs.readFileSync(report, 'utf8'), files);
  const projects = new Map(projectFolders().map(project => [project, { lines: 0, ran: 0 }]));
  for (const [file, lines] of files) {
    const project = [...projects.keys()].filter(p => file.startsWith(`${p}/`)).sort((a, b) => b.length - a.length)[0];
    if (!project) continue;
    projects.get(project).lines += lines.size;
    projects.get(project).ran += [...lines.values()].filter(Boolean).length;
  }
  const width = Math.max(...[...projects.keys()].map(p => p.length));
  const row = (name, { lines, ran }) => `${name.padEnd(width)}  ${String(lines).padStart(6)} lines  ${String(ran).padStart(6)} run  ${percentOf(ran, lines).toFixed(1).padStart(5)} %`;
  const total = [...projects.values()].reduce((sum, p) => ({ lines: sum.lines + p.lines, ran: sum.ran + p.ran }), { lines: 0, ran: 0 });
  return {
    percent: percentOf(total.ran, total.lines),
    text: [...[...projects].map(([name, numbers]) => row(name, numbers)), row('in all', total)].join('\n'),
    missing: [...projects].filter(([, { lines }]) => lines === 0).map(([name]) => name),
    files,
  };
}

function reports(folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true }).filter(name => name.endsWith('.cobertura.xml')).map(name => path.join(folder, name)) : [];
}

function read(xml, files) {
  let lines;
  for (const [, file, number, hits] of xml.matchAll(/<class [^>]*?filename="([^"]*)"|<line number="(\d+)" hits="(\d+)"/g)) {
    if (file !== undefined) {
      const name = path.relative(root, path.resolve(root, file));
      lines = undefined;
      if (counted.some(c => name.startsWith(`${c}/`))) {
        if (!files.has(name)) files.set(name, new Map());
        lines = files.get(name);
      }
    } else if (lines) lines.set(Number(number), (lines.get(Number(number)) ?? false) || Number(hits) > 0);
  }
}

// The folders of the C# projects; the service in Node.js has tests of its own.
function projectFolders() {
  return counted.flatMap(c => fs.readdirSync(path.join(root, c)).map(name => `${c}/${name}`))
    .filter(folder => fs.statSync(path.join(root, folder)).isDirectory() && fs.readdirSync(path.join(root, folder)).some(name => name.endsWith('.csproj')))
    .filter(folder => fs.readdirSync(path.join(root, folder), { recursive: true }).some(name => name.endsWith('.cs')));
}

function percentOf(part, whole) {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function uncovered(files) {
  for (const [file, lines] of [...files].sort()) {
    const ranges = [];
    for (const line of [...lines].filter(([, ran]) => !ran).map(([number]) => number).sort((a, b) => a - b)) {
      if (ranges.at(-1)?.[1] === line - 1) ranges.at(-1)[1] = line; else ranges.push([line, line]);
    }
    if (ranges.length) console.log(`${file}: ${ranges.map(([from, to]) => from === to ? from : `${from}-${to}`).join(' ')}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const args = process.argv.slice(2);
  const result = coverage(path.resolve(args.find(arg => !arg.startsWith('--')) ?? path.join(root, 'artifacts/coverage')));
  if (args.includes('--uncovered')) uncovered(result.files);
  console.log(result.text);
  process.exit(result.percent >= least ? 0 : 1);
}

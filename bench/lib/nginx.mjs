// The yardstick: nginx as a plain proxy, one worker a hop, keep-alive on both sides, no access log.
import fs from 'node:fs';
import path from 'node:path';
import { unary, untilAnswers } from './h2load.mjs';
import { freePort, start, untilReady } from './processes.mjs';

/** Starts a chain of proxies in front of a backend, of HTTP or of gRPC; answers { origin (of the last proxy), hops (their processes) }. */
export async function startProxies(count, backendPort, folder, { grpc = false } = {}) {
  let target = backendPort;
  const hops = [];
  for (let hop = 1; hop <= count; hop++) {
    const port = await freePort();
    const prefix = path.join(folder, `nginx-${grpc ? 'grpc-' : ''}${count}-${hop}`);
    fs.mkdirSync(prefix);
    fs.writeFileSync(path.join(prefix, 'nginx.conf'), configuration(port, target, grpc));
    const child = start('nginx', ['-p', prefix, '-e', 'error.log', '-c', 'nginx.conf']);
    await (grpc ? untilAnswers(`http://127.0.0.1:${port}`, unary) : untilReady(`http://127.0.0.1:${port}/hello`, child));
    hops.push(child);
    target = port;
  }
  return { origin: `http://127.0.0.1:${target}`, hops };
}

const configuration = (port, target, grpc) => `
worker_processes 1;
daemon off;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream target { server 127.0.0.1:${target}; keepalive 64; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port}${grpc ? ' http2' : ''};
    location / {
      ${grpc ? 'grpc_pass grpc://target;' : 'proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";'}
    }
  }
}
`;

// The health and the reflection services.
import grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { ends, equal, metadata, next, rpc, scenario, yes } from './harness.mjs';
import { reflections, serviceName } from './protos.mjs';

const check = (plain, service) => new Promise(resolve => plain.health.Check({ service }, (error, reply) => resolve(error ? grpc.status[error.code] : reply.status)));

scenario('health: check', async ({ plain }) => {
  equal(await Promise.all(['', serviceName, 'nobody'].map(service => check(plain, service))), [1, 1, 'NOT_FOUND']);
});

scenario('health: watch', async ({ plain }) => {
  const name = 'node-watched';
  const call = plain.health.Watch({ service: name }, metadata());
  call.on('error', () => {});
  call.status = new Promise(resolve => call.once('status', resolve));
  equal((await next(call)).status, 3);
  for (const serving of [true, false, true]) {
    await rpc(plain, 'SetHealth', { service: name, serving });
    equal((await next(call)).status, serving ? 1 : 2);
  }
  call.cancel();
  await ends(call, 'CANCELLED');
});

for (const [version, Reflection] of Object.entries(reflections)) {
  scenario(`reflection ${version}`, async ({ plain }) => {
    const stub = new Reflection(plain.target, grpc.credentials.createInsecure(), plain.settings);
    const call = stub.ServerReflectionInfo();
    call.on('error', () => {});
    call.status = new Promise(resolve => call.once('status', resolve));
    const ask = async what => {
      call.write({ host: 'here', ...what });
      const answer = await next(call);
      equal([answer.valid_host, answer.original_request.host], ['here', 'here']);
      return answer;
    };
    const files = answer => answer.file_descriptor_response.file_descriptor_proto.map(bytes => descriptor.FileDescriptorProto.decode(bytes));
    const listed = (await ask({ list_services: '*' })).list_services_response.service.map(s => s.name);
    yes(listed.includes(serviceName) && listed.includes('grpc.health.v1.Health'), `listed ${listed}`);
    let name;
    for (const symbol of [serviceName, `${serviceName}.Duplex`, 'tandem.interop.v1.Plan', 'tandem.interop.v1.CallState']) {
      const file = files(await ask({ file_containing_symbol: symbol })).find(f => f.package === 'tandem.interop.v1');
      equal(file?.service[0].name, 'Interop', symbol);
      name = file.name;
    }
    const set = files(await ask({ file_by_filename: name }));
    yes(set.some(f => f.name === name), `${name}: ${set.map(f => f.name)}`);
    // What a tool does with it: a client of the service, made from the answers alone.
    yes(protobuf.Root.fromDescriptor({ file: set }).lookupService(serviceName).methods.Duplex.responseStream, 'Duplex is not a stream');
    for (const unknown of [{ file_containing_symbol: 'no.such.Symbol' }, { file_by_filename: 'no/such.proto' }]) {
      equal((await ask(unknown)).error_response.error_code, grpc.status.NOT_FOUND);
    }
    call.end();
    await ends(call, 'OK');
    stub.close();
  });
}

// The contracts of the tests, loaded from their .proto files; health and reflection from the packages that bring their own.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import protobuf from 'protobufjs';

const require = createRequire(import.meta.url);
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../protos');
const options = { keepCase: true, longs: Number, defaults: true, enums: Number, includeDirs: [folder] };
const load = file => grpc.loadPackageDefinition(protoLoader.loadSync(file, options));
const packageFolder = name => path.dirname(require.resolve(`${name}/package.json`));

export const { Interop } = load('interop.proto').tandem.interop.v1;
export const { Health } = load(path.join(packageFolder('grpc-health-check'), 'proto/health/v1/health.proto')).grpc.health.v1;
const reflection = version => load(path.join(packageFolder('@grpc/reflection'), `build/proto/grpc/reflection/${version}/reflection.proto`)).grpc.reflection[version].ServerReflection;
export const reflections = { v1: reflection('v1'), v1alpha: reflection('v1alpha') };

const rpc = new protobuf.Root();
rpc.resolvePath = (_, target) => target.startsWith('google/protobuf/') ? null : path.join(folder, '../../../sdk/Tandem.Grpc/Protos', target);
rpc.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);
const Status = rpc.lookupType('google.rpc.Status');
const detailTypes = ['BadRequest', 'ErrorInfo'].map(name => rpc.lookupType(`google.rpc.${name}`));

/** The details that every server puts into an error, and every client expects. */
export function errorDetails(code, message) {
  const values = [{ fieldViolations: [{ field: 'name', description: 'must not be empty' }] }, { reason: 'NOT_TODAY', domain: 'tandem.example', metadata: { day: 'Sunday' } }];
  const details = values.map((value, i) => ({ type_url: `type.googleapis.com/google.rpc.${detailTypes[i].name}`, value: detailTypes[i].encode(value).finish() }));
  return Buffer.from(Status.encode(Status.fromObject({ code, message, details })).finish());
}

/** What `errorDetails` made. */
export function readDetails(bytes) {
  const { code, message, details } = Status.decode(bytes);
  return { code, message, details: details.map(({ type_url: url, value }) => {
    const type = rpc.lookupType(url.slice(url.lastIndexOf('/') + 1));
    return { [type.name]: type.toObject(type.decode(value)) };
  }) };
}

export const states = { running: 1, cancelled: 2, completed: 3 };
export const serviceName = 'tandem.interop.v1.Interop';
export const large = { 'grpc.max_receive_message_length': 64 << 20, 'grpc.max_send_message_length': 64 << 20 };

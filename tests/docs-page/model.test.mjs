// The part of the gateway's /docs page that knows nothing of a page: what it makes of an OpenAPI document.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const source = await readFile(new URL('../../services/gateway/Docs/Page/model.js', import.meta.url), 'utf8');
const { addressOf, exampleOf, groupsOf, matches, missingServices, resolve, typeName } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const api = {
  paths: {
    '/api/things': {
      get: { tags: ['Things'], summary: 'All of them', parameters: [{ name: 'page', in: 'query' }, { $ref: '#/components/parameters/Kind' }], responses: { 200: { description: 'OK' } } },
      post: {
        tags: ['Things'], operationId: 'postThings', security: [{ bearer: [] }],
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        responses: { 201: { description: 'Created' }, 429: { $ref: '#/components/responses/TooMany' } },
      },
    },
    '/api/others/{id}': { 'x-note': {}, delete: { 'x-tandem-service': 'other', responses: {} } },
  },
  components: {
    parameters: { Kind: { name: 'kind', in: 'query' } },
    responses: { TooMany: { description: 'Too many', content: { 'application/problem+json': { schema: {} } } } },
    schemas: {
      Thing: {
        type: 'object',
        properties: {
          name: { type: ['null', 'string'] }, price: { type: ['number', 'string'] }, at: { type: 'string', format: 'date-time' },
          kind: { enum: ['a', 'b'] }, parts: { type: 'array', items: { $ref: '#/components/schemas/Thing' } }, maybe: { oneOf: [{ type: 'null' }, { type: 'boolean' }] },
        },
      },
    },
  },
  'x-tandem-services': [{ name: 'a', status: 'included' }, { name: 'b', status: 'unavailable', detail: 'down' }],
};

test('operations are grouped by tag, or else by service, with references followed', () => {
  const groups = groupsOf(api);
  assert.deepEqual(groups.map((group) => [group.name, group.operations.map((one) => `${one.method} ${one.path}`)]), [
    ['Things', ['get /api/things', 'post /api/things']],
    ['other', ['delete /api/others/{id}']],
  ]);
  const [list, create] = groups[0].operations;
  assert.deepEqual(list.parameters.map((one) => one.name), ['page', 'kind']);
  assert.deepEqual([list.needsUser, create.needsUser, create.id], [false, true, 'postThings']);
  assert.deepEqual(create.responses.map((one) => [one.status, one.description, one.contentType]), [['201', 'Created', ''], ['429', 'Too many', 'application/problem+json']]);
});

test('an example fits its schema, and one that contains itself comes to an end', () => {
  const example = exampleOf(api, { $ref: '#/components/schemas/Thing' });
  assert.deepEqual([example.name, example.price, example.at, example.kind, example.maybe], ['text', 1, '2030-01-02T03:04:05Z', 'a', true]);
  assert.ok(JSON.stringify(example).length < 10_000);
});

test('types are told in a few words', () => {
  const { properties } = api.components.schemas.Thing;
  assert.deepEqual(['price', 'at', 'kind'].map((name) => typeName(api, properties[name])), ['number', 'string, date-time', 'a | b']);
  assert.equal(typeName(api, { type: 'array', items: { type: ['integer', 'string'], format: 'int32' } }), 'integer, int32[]');
});

test('an address has its path filled in, its query escaped, and nothing that was left out', () => {
  const operation = { path: '/api/things/{id}', parameters: [{ name: 'id', in: 'path' }, { name: 'q', in: 'query' }, { name: 'page', in: 'query' }] };
  assert.equal(addressOf(operation, { id: 'a/b', q: 'x & y', page: '' }), '/api/things/a%2Fb?q=x+%26+y');
  assert.equal(addressOf(operation, { id: '1' }), '/api/things/1');
});

test('a filter wants all of its words', () => {
  const [list] = groupsOf(api)[0].operations;
  assert.ok(matches(list, 'GET things'));
  assert.ok(!matches(list, 'post things'));
});

test('services that are left out are named, and a reference that leads nowhere is nothing', () => {
  assert.deepEqual(missingServices(api).map((one) => one.name), ['b']);
  assert.deepEqual(resolve(api, { $ref: '#/components/schemas/None' }), {});
  assert.deepEqual(resolve(api, { $ref: 'https://example.com/' }), {});
});

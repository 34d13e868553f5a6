import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEndpoints } from '@rookery/contract/api.ts';
import { buildOpenApi } from './openapi.ts';

const document = JSON.parse(JSON.stringify(buildOpenApi(allEndpoints, '1.2.3')));

test('every endpoint of the contract is an operation of the document, under its own id', () => {
  const ids = Object.values(document.paths)
    .flatMap((path) => Object.values(Object(path)))
    .map((operation) => Object(operation).operationId);
  assert.deepEqual(ids.toSorted(), allEndpoints.map(({ id }) => id).toSorted());
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(document.info.version, '1.2.3');
});

test('paths, parameters, bodies and replies are described as the server checks them', () => {
  const members = document.paths['/api/workspaces/{workspaceId}/members/{userId}'].patch;
  assert.deepEqual(
    members.parameters.map((parameter: { name: string; in: string }) => `${parameter.in}:${parameter.name}`),
    ['path:workspaceId', 'path:userId'],
  );
  assert.equal(members.requestBody.content['application/json'].schema.additionalProperties, false);
  assert.deepEqual(members.security, [{ session: [], csrf: [] }]);
  assert.equal(members['x-permission'], 'members:manage');
  const upload = document.paths['/api/workspaces/{workspaceId}/imports/{importId}/files'].put;
  assert.equal(upload.requestBody.content['application/octet-stream'].schema.maxLength, 536870912);
  assert.ok(document.paths['/api/oauth/{network}/callback'].get.responses['303']);
  assert.deepEqual(document.paths['/api/health'].get.security, []);
});

test('the document stands alone: no reference leads nowhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
  assert.ok(references.length > 0);
  for (const name of references) assert.ok(name in document.components.schemas, name);
});

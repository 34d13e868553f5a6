import { readForm, readJson, type SimulatedRequest } from '../simulation/request.ts';

/** What a call says, in its query and its body alike: forms, multipart and JSON are all taken. Lists become comma lists. */
export async function readParams(request: SimulatedRequest): Promise<URLSearchParams> {
  const params = new URLSearchParams(request.query);
  if (request.body.length === 0) return params;
  if (!/json/i.test(request.headers['content-type'] ?? '')) {
    for (const [name, value] of await readForm(request)) params.set(name, value);
    return params;
  }
  const body = readJson(request);
  for (const [name, value] of Object.entries(typeof body === 'object' && body !== null ? body : {})) {
    if (Array.isArray(value)) params.set(name, value.map(String).join(','));
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') params.set(name, String(value));
  }
  return params;
}

import { BodyError, readForm, readJson, readMultipart, type SentFile, type SimulatedRequest } from '../simulation/request.ts';

/** What a request says, however it says it. */
export interface Params {
  /** Lists are repeated entries: `name[]` of forms and JSON's own lists alike. */
  readonly fields: URLSearchParams;
  readonly files: ReadonlyMap<string, SentFile>;
}

/** Form, multipart and JSON bodies alike. */
export async function readParams(request: SimulatedRequest): Promise<Params> {
  const fields = new URLSearchParams();
  const type = request.headers['content-type'] ?? '';
  if (/json/i.test(type)) {
    const body = readJson(request);
    if (typeof body !== 'object' || body === null) throw new BodyError(400, 'The body is no object.');
    for (const [name, value] of Object.entries(body)) {
      for (const each of Array.isArray(value) ? value : [value]) {
        if (typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean') fields.append(name, String(each));
      }
    }
    return { fields, files: new Map() };
  }
  if (request.body.length === 0) return { fields, files: new Map() };
  const isMultipart = /^multipart\//i.test(type);
  const sent = isMultipart ? await readMultipart(request) : { fields: await readForm(request), files: new Map<string, SentFile>() };
  for (const [name, value] of sent.fields) fields.append(name.replace(/\[\]$/, ''), value);
  return { fields, files: sent.files };
}

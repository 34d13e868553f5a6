import { request as sendRequest } from 'node:http';
import type { Endpoint } from '@rookery/contract/endpoint.ts';
import type { RawReply, RawRequest } from '../platform/http/testing.ts';
import type { Visitor } from './visitor-fixture.ts';

/** An event stream that is being read. */
export interface Listening {
  readonly reply: Pick<RawReply, 'status' | 'headers'>;
  /** All that has come so far. */
  received(): string;
  close(): void;
}

/** Opens an event stream; answers once its head is there, which for a refusal means its whole body too. */
export function listenTo(origin: string, visitor: Visitor, { path, headers = {}, body }: RawRequest): Promise<Listening> {
  const { promise, resolve, reject } = Promise.withResolvers<Listening>();
  const cookie = [...visitor.browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { hostname, port } = new URL(origin);
  const sent = { ...(cookie === '' ? {} : { cookie }), ...headers };
  const request = sendRequest({ hostname, port, path, agent: false, headers: sent }, (response) => {
    let text = '';
    const status = response.statusCode ?? 0;
    const listening = { reply: { status, headers: response.headers }, received: () => text, close: () => void request.destroy() };
    response.setEncoding('utf8').on('error', () => {}).on('data', (chunk: string) => {
      text += chunk;
      if (status === 200) resolve(listening);
    }).on('end', () => resolve(listening));
  });
  request.on('error', reject).end(body);
  return promise;
}

/** Sends a call of any kind; of an event stream the beginning is the reply. */
export async function sendCall(origin: string, endpoint: Endpoint, visitor: Visitor, request: RawRequest): Promise<RawReply> {
  if (endpoint.replyKind !== 'events') return visitor.send(request);
  const listening = await listenTo(origin, visitor, request);
  listening.close();
  const bytes = Buffer.from(listening.received());
  return { ...listening.reply, bytes, body: listening.reply.status === 200 ? undefined : JSON.parse(bytes.toString()) };
}

import { getCsrf } from '@rookery/contract/auth.ts';
import { openBrowser, type RawReply, type RawRequest, type TestBrowser } from '../platform/http/testing.ts';

/** A browser that keeps its CSRF token, so that thousands of calls do not fetch thousands of tokens. */
export interface Visitor {
  readonly browser: TestBrowser;
  /** Sends with the token. */
  send(request: RawRequest): Promise<RawReply>;
  /** To be called after the session has begun, ended or changed. */
  renewToken(): Promise<void>;
}

export async function openVisitor(origin: string): Promise<Visitor> {
  const browser = openBrowser(origin);
  let token = '';
  const renewToken = async (): Promise<void> => {
    token = (await browser.ok(getCsrf)).token;
  };
  await renewToken();
  return { browser, renewToken, send: (request) => browser.send({ ...request, headers: { 'x-csrftoken': token, ...request.headers } }) };
}

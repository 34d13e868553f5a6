import assert from 'node:assert/strict';
import { Parser } from 'htmlparser2';

interface Field {
  readonly name: string;
  readonly value: string;
}

interface Button extends Field {
  text: string;
}

interface Form {
  readonly action: string;
  readonly method: string;
  readonly fields: Map<string, string>;
  readonly buttons: Button[];
}

const denies = /deny|declin|cancel|refus|reject|not now/i;
const stepsMax = 8;

/** How a person answers a consent page. */
export interface ConsentWalk {
  readonly fetch: typeof globalThis.fetch;
  readonly authorizeUrl: string;
  readonly redirectUri: string;
  readonly choice: 'allow' | 'deny';
  /** What the person types or chooses, by field name; everything else stays as the page offers it. */
  readonly fill: Readonly<Record<string, string>>;
}

/**
 * Goes through a network's consent pages as a browser would: follows redirects, keeps cookies, fills in the forms it finds and
 * presses allow or deny. Answers the query with which the network comes back to us.
 */
export async function walkConsent(walk: ConsentWalk): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let url = new URL(walk.authorizeUrl);
  let init: RequestInit = {};
  for (let step = 0; step < stepsMax; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await walk.fetch(url, { ...init, redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', ...value] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value.join('='));
    }
    const location = response.headers.get('location');
    if (location !== null) {
      if (location.startsWith(walk.redirectUri)) return new URL(location).searchParams;
      [url, init] = [new URL(location, url), {}];
      continue;
    }
    const page = await response.text();
    assert.equal(response.status, 200, `the consent page answered ${response.status}: ${page.slice(0, 300)}`);
    [url, init] = submit(readForms(page), url, walk);
  }
  return assert.fail('the consent never came back');
}

function submit(forms: readonly Form[], page: URL, { choice, fill }: ConsentWalk): [URL, RequestInit] {
  for (const form of forms) {
    const button = form.buttons.find(({ name, value, text }) => denies.test(`${name} ${value} ${text}`) === (choice === 'deny'));
    // A page that has no way to say no (choosing an account, say) is passed on the way to one that does.
    const pressed = button ?? (form === forms.at(-1) ? form.buttons[0] : undefined);
    if (pressed === undefined) continue;
    const fields = new URLSearchParams();
    for (const [name, value] of form.fields) fields.set(name, fill[name] ?? value);
    if (pressed.name !== '') fields.set(pressed.name, pressed.value);
    const target = new URL(form.action, page);
    if (form.method === 'post') return [target, { method: 'POST', body: fields }];
    target.search = fields.toString();
    return [target, {}];
  }
  return assert.fail('the consent page has no form to submit');
}

function readForms(page: string): readonly Form[] {
  const forms: Form[] = [];
  let form: Form | null = null;
  let button: Button | null = null;
  let select: string | null = null;
  const parser = new Parser({
    onopentag(tag, attributes) {
      const { name = '', value = '', type = '' } = attributes;
      if (tag === 'form') {
        form = {
          action: attributes['action'] ?? '', method: (attributes['method'] ?? 'get').toLowerCase(), fields: new Map(), buttons: [],
        };
        forms.push(form);
      }
      if (form === null) return;
      const isChosen = tag === 'option' && select !== null && (!form.fields.has(select) || 'selected' in attributes);
      if (isChosen && select !== null) form.fields.set(select, value);
      else if (tag === 'select') select = name;
      else if (tag === 'button' || (tag === 'input' && type === 'submit')) form.buttons.push((button = { name, value, text: value }));
      else if (tag === 'input' && name !== '') readInput(form, attributes);
    },
    ontext(text) {
      if (button !== null) button.text += ` ${text}`;
    },
    onclosetag(tag) {
      if (tag === 'form') form = null;
      if (tag === 'button' || tag === 'input') button = null;
      if (tag === 'select') select = null;
    },
  });
  parser.end(page);
  return forms;
}

function readInput(form: Form, attributes: Readonly<Record<string, string>>): void {
  const { name = '', value = '', type = '' } = attributes;
  const isChoice = type === 'radio' || type === 'checkbox';
  if (isChoice && !('checked' in attributes) && (type === 'checkbox' || form.fields.has(name))) return;
  form.fields.set(name, isChoice && value === '' ? 'on' : value);
}

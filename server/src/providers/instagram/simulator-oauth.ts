import type { Clock } from '../../platform/clock.ts';
import { renderConsentPage, renderErrorPage } from '../simulation/consent-page.ts';
import { isSameText, type GrantBook } from '../simulation/grant-book.ts';
import type { RequestCounter, SimulatedRoute } from '../simulation/listen.ts';
import { jsonReply, readForm, redirectReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';
import { createTickets } from '../simulation/tickets.ts';
import type { World } from '../simulation/world.ts';
import { loginOf } from './simulator-accounts.ts';
import { graphError, sessionError, tokenError } from './simulator-errors.ts';

/** The only app that the simulated network knows. */
export const simulatorCredentials = { clientId: '1009847203315562', clientSecret: 'simulated-instagram-secret' };

export interface InstagramOauthOptions {
  readonly clock: Clock;
  readonly world: World;
  readonly book: GrantBook;
  readonly counts: RequestCounter;
  readonly redirectUris: readonly string[] | null;
}

// Instagram Platform, "Business Login": codes and short-lived tokens live an hour, long-lived ones 60 days.
const shortLifeSeconds = 3_600;
const longLifeSeconds = 5_183_944;
const refreshableAfterSeconds = 86_400;

const knownScopes = [
  'instagram_business_basic', 'instagram_business_content_publish', 'instagram_business_manage_comments',
  'instagram_business_manage_messages', 'instagram_business_manage_insights',
];

const personalAccount =
  'This is a personal account. Only professional accounts (business or creator) can be used with this app.';
const badRedirect =
  'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request';

interface Asked {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
}

/** Three hosts of Instagram on one origin: the dialog, the code exchange, the token exchange and refresh. */
export function instagramOauthRoutes(options: InstagramOauthOptions): readonly SimulatedRoute[] {
  const tickets = createTickets<Asked>(options.clock);
  const showConsent = (asked: Asked, notice?: string): SimulatedReply =>
    renderConsentPage({
      networkName: 'Instagram',
      accounts: options.world.accounts,
      scopes: asked.scopes,
      action: '/oauth/consent',
      ticket: tickets.issue(asked),
      redirectUri: asked.redirectUri,
      ...(notice !== undefined && { notice }),
    });
  return [
    {
      name: 'authorize',
      method: 'GET',
      path: '/oauth/authorize',
      handle: (request) => {
        const asked = readAsked(request.query, options.redirectUris);
        return typeof asked === 'string' ? renderErrorPage('Instagram', 400, asked) : showConsent(asked);
      },
    },
    {
      name: 'consent',
      method: 'POST',
      path: '/oauth/consent',
      handle: async (request) => {
        const form = await readForm(request);
        const asked = tickets.take(form.get('ticket') ?? '');
        if (asked === null) return renderErrorPage('Instagram', 400, 'This page is out of date. Start again from the app.');
        const login = loginOf(form.get('account') ?? '');
        if (form.get('decision') !== 'allow' || login === null) return redirectReply(withDenial(asked));
        if (login.accountType !== 'PERSONAL') return redirectReply(allow(options, asked, login.userId));
        return showConsent(asked, personalAccount);
      },
    },
    { name: 'token', method: 'POST', path: '/oauth/access_token', handle: (request) => redeemCode(options, request) },
    { name: 'exchange', method: 'GET', path: '/access_token', handle: (request) => exchange(options, request) },
    { name: 'refresh', method: 'GET', path: '/refresh_access_token', handle: (request) => refresh(options, request) },
  ];
}

function readAsked(query: URLSearchParams, redirectUris: readonly string[] | null): Asked | string {
  if (query.get('client_id') !== simulatorCredentials.clientId) return 'Invalid platform app';
  const redirectUri = query.get('redirect_uri') ?? '';
  const url = URL.parse(redirectUri);
  const isWeb = url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.hash === '';
  if (!isWeb || (redirectUris !== null && !redirectUris.includes(redirectUri))) return 'Invalid redirect_uri';
  if (query.get('response_type') !== 'code') return 'Invalid response_type';
  const scopes = (query.get('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !knownScopes.includes(scope));
  if (unknown.length > 0 || !scopes.includes('instagram_business_basic')) return `Invalid scope: [${unknown.join(', ')}]`;
  return { redirectUri, scopes, state: query.get('state') };
}

function withDenial(asked: Asked): string {
  const target = new URL(asked.redirectUri);
  target.searchParams.set('error', 'access_denied');
  target.searchParams.set('error_reason', 'user_denied');
  target.searchParams.set('error_description', 'The user denied your request.');
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  return target.href;
}

function allow(options: InstagramOauthOptions, asked: Asked, userId: string): string {
  const target = new URL(asked.redirectUri);
  const { clientId } = simulatorCredentials;
  const extra = { redirectUri: asked.redirectUri };
  const grant = options.book.openGrant({ accountId: userId, clientId, scopes: [...asked.scopes], extra });
  target.searchParams.set('code', options.book.issue(grant.id, { kind: 'code', lifeSeconds: shortLifeSeconds, prefix: 'AQ' }).token);
  if (asked.state !== null) target.searchParams.set('state', asked.state);
  // Meta ends its redirects with this fragment.
  return `${target.href}#_`;
}

async function redeemCode(options: InstagramOauthOptions, request: SimulatedRequest): Promise<SimulatedReply> {
  const form = await readForm(request);
  const isClient =
    form.get('client_id') === simulatorCredentials.clientId &&
    isSameText(form.get('client_secret') ?? '', simulatorCredentials.clientSecret);
  if (!isClient) return tokenError('Error validating client secret.');
  if (form.get('grant_type') !== 'authorization_code') return tokenError('Invalid grant_type.');
  const reading = options.book.spend(form.get('code') ?? '', 'code');
  if (reading.outcome === 'expired') return tokenError('This authorization code has expired.');
  if (reading.outcome === 'spent') return tokenError('This authorization code has been used');
  if (reading.outcome !== 'ok') return tokenError('Matching code was not found or was already used');
  const { grant } = reading;
  if (form.get('redirect_uri') !== grant.extra['redirectUri']) return tokenError(badRedirect);
  const { token } = options.book.issue(grant.id, { kind: 'short', lifeSeconds: shortLifeSeconds, prefix: 'IGAAshort' });
  const userId = loginOf(grant.accountId)?.appScopedId ?? grant.accountId;
  // The id is a bare number, and may be larger than JavaScript's safe integers: as the real endpoint has it.
  const body = `{"access_token":${JSON.stringify(token)},"user_id":${userId},"permissions":${JSON.stringify(grant.scopes)}}`;
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}

function exchange(options: InstagramOauthOptions, request: SimulatedRequest): SimulatedReply {
  if (request.query.get('grant_type') !== 'ig_exchange_token') return graphError({ code: 100, message: 'Invalid parameter: grant_type' });
  if (!isSameText(request.query.get('client_secret') ?? '', simulatorCredentials.clientSecret)) {
    return graphError({ code: 1, message: 'Error validating client secret.' });
  }
  const token = request.query.get('access_token') ?? '';
  const reading = options.book.read(token, 'short');
  if (reading.outcome !== 'ok') return refuseToken(options.book, token, reading.outcome);
  return issueLong(options, reading.grant.id);
}

function refresh(options: InstagramOauthOptions, request: SimulatedRequest): SimulatedReply {
  if (request.query.get('grant_type') !== 'ig_refresh_token') return graphError({ code: 100, message: 'Invalid parameter: grant_type' });
  const token = request.query.get('access_token') ?? '';
  const reading = options.book.read(token, 'long');
  if (reading.outcome !== 'ok') return refuseToken(options.book, token, reading.outcome);
  const ageSeconds = (options.clock.now().getTime() - reading.token.issuedAt) / 1000;
  if (ageSeconds < refreshableAfterSeconds) {
    // That such a token is refused is documented; the words and the code are not.
    return graphError({ code: 100, message: 'The access token must be at least 24 hours old to be refreshed.', type: 'IGApiException' });
  }
  options.counts.add('refresh.done');
  return issueLong(options, reading.grant.id);
}

function issueLong(options: InstagramOauthOptions, grantId: string): SimulatedReply {
  const { token } = options.book.issue(grantId, { kind: 'long', lifeSeconds: longLifeSeconds, prefix: 'IGAAlong' });
  return jsonReply(200, { access_token: token, token_type: 'bearer', expires_in: longLifeSeconds });
}

/** What graph.instagram.com says to a token that is not, or no longer, good. */
export function refuseToken(book: GrantBook, token: string, outcome: 'expired' | 'spent' | 'unknown'): SimulatedReply {
  if (outcome === 'expired') return sessionError(463);
  if (book.wasRevoked(token)) return sessionError(458);
  return graphError({ code: 190, message: 'Invalid OAuth access token - Cannot parse access token' });
}

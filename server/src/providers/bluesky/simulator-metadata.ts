import { jsonReply, type SimulatedReply, type SimulatedRequest } from '../simulation/request.ts';

/** RFC 9728: the data server names its one authorization server, itself. */
export function showProtectedResource(request: SimulatedRequest): SimulatedReply {
  const { origin } = request;
  return jsonReply(200, {
    resource: origin,
    authorization_servers: [origin],
    scopes_supported: [],
    bearer_methods_supported: ['header'],
    resource_documentation: 'https://atproto.com',
  });
}

/** RFC 8414 with what the atproto profile demands (atproto.com/specs/oauth, read 2026-11-24). */
export function showAuthorizationServer(request: SimulatedRequest): SimulatedReply {
  const { origin } = request;
  return jsonReply(200, {
    issuer: origin,
    request_parameter_supported: true,
    request_uri_parameter_supported: true,
    require_request_uri_registration: true,
    scopes_supported: ['atproto', 'transition:email', 'transition:generic', 'transition:chat.bsky'],
    subject_types_supported: ['public'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    ui_locales_supported: ['en-US'],
    display_values_supported: ['page', 'popup', 'touch'],
    request_object_signing_alg_values_supported: ['ES256', 'none'],
    authorization_response_iss_parameter_supported: true,
    request_object_encryption_alg_values_supported: [],
    request_object_encryption_enc_values_supported: [],
    jwks_uri: `${origin}/oauth/jwks`,
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256'],
    revocation_endpoint: `${origin}/oauth/revoke`,
    pushed_authorization_request_endpoint: `${origin}/oauth/par`,
    require_pushed_authorization_requests: true,
    dpop_signing_alg_values_supported: ['ES256'],
    client_id_metadata_document_supported: true,
  });
}

import { createHash } from 'node:crypto';

export type HeaderList = readonly (readonly [name: string, value: string])[];

const permissionsPolicy = [
  'accelerometer', 'autoplay', 'browsing-topics', 'camera', 'display-capture', 'encrypted-media', 'fullscreen', 'geolocation', 'gyroscope',
  'hid', 'idle-detection', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture', 'screen-wake-lock', 'serial', 'usb',
  'xr-spatial-tracking',
].map((feature) => `${feature}=()`).join(', ');

/** CSP sources for the inline scripts of a page, so that they may run without `unsafe-inline`. */
export function hashInlineScripts(html: string): string[] {
  const scripts = html.matchAll(/<script(?<attributes>[^>]*)>(?<code>[\s\S]*?)<\/script>/gi);
  return [...scripts]
    .filter(({ groups }) => !/\ssrc\s*=/i.test(groups?.['attributes'] ?? ''))
    .map(({ groups }) => `'sha256-${createHash('sha256').update(groups?.['code'] ?? '').digest('base64')}'`);
}

function contentSecurityPolicy(scriptHashes: readonly string[]): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...scriptHashes].join(' '),
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // React and the router need no policy of their own; a library that writes markup as text breaks here, visibly.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** The headers of every answer, of whatever status; computed once. HSTS counts only over https (RFC 6797, 7.2). */
export function securityHeaders(options: { scriptHashes: readonly string[]; isHttps: boolean }): HeaderList {
  return [
    ['Content-Security-Policy', contentSecurityPolicy(options.scriptHashes)],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'same-origin'],
    ['Permissions-Policy', permissionsPolicy],
    ['Cross-Origin-Opener-Policy', 'same-origin'],
    ['Cross-Origin-Resource-Policy', 'same-origin'],
    // The filter itself could open holes; 0 turns it off where it still exists. The defence is the policy above.
    ['X-XSS-Protection', '0'],
    ['Cache-Control', 'no-store'],
    ['Vary', 'Origin, Accept-Encoding'],
    ...(options.isHttps ? ([['Strict-Transport-Security', 'max-age=31536000; includeSubDomains; preload']] as const) : []),
  ];
}

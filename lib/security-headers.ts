/** Our own pages ask for passkeys. Nothing of a page needs the others; what is not named here has a safe default. */
const PERMISSIONS =
  'publickey-credentials-get=(self), publickey-credentials-create=(self), accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()'

/**
 * The Content Security Policy of a page: scripts and style sheets only with this request's nonce, everything from our own
 * host, no frames around us (https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP, "strict CSP").
 */
export function contentSecurityPolicy({
  nonce,
  upgrade,
  dev,
}: {
  /** Unguessable, new for each request. */
  nonce: string
  /** Whether all that a page asks for is asked over https. */
  upgrade: boolean
  dev: boolean
}): string {
  return [
    "default-src 'self'",
    // React evaluates strings in development, to show the server's stack traces in the browser.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`,
    // Style sheets of edited files are put into the page as they are in development, without a nonce.
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    // Positions and sizes that are worked out for each row.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(upgrade ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

/** The headers of every answer that is made for a browser, besides its policy. `url` is our public address. */
export function securityHeaders(url: string): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': PERMISSIONS,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    ...transportSecurity(url),
  }
}

/** Has browsers keep to https (RFC 6797) where our public address has it. */
export function transportSecurity(url: string): Record<string, string> {
  return url.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}
}

import { expect, it } from 'vitest'
import { contentSecurityPolicy, securityHeaders } from './security-headers'

const page = { nonce: 'n0nce', upgrade: false, dev: false }

it('lets a page run and load only what is ours, and nobody frame it', () => {
  expect(contentSecurityPolicy(page).split('; ')).toEqual([
    "default-src 'self'",
    "script-src 'self' 'nonce-n0nce' 'strict-dynamic'",
    "style-src 'self' 'nonce-n0nce'",
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ])
})

it('evaluates strings in development only', () => {
  expect(contentSecurityPolicy(page)).not.toContain('unsafe-eval')
  expect(contentSecurityPolicy({ ...page, dev: true })).toContain("'unsafe-eval'")
})

it('insists on https where the public address is https, and only there', () => {
  expect(contentSecurityPolicy({ ...page, upgrade: true })).toContain('upgrade-insecure-requests')
  expect(securityHeaders('https://fenicia.example.com')).toHaveProperty('Strict-Transport-Security', 'max-age=31536000')
  expect(securityHeaders('http://localhost:3000')).not.toHaveProperty('Strict-Transport-Security')
})

it('sets every other header that keeps browsers careful', () => {
  expect(securityHeaders('http://localhost:3000')).toMatchObject({
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': expect.stringContaining('camera=()'),
  })
})

import { describe, expect, it } from 'vitest'
import { parseSmtpUrl } from './smtp-settings'

describe('the address of a mail server', () => {
  it.each([
    ['smtp://mail.example.com', { host: 'mail.example.com', port: 587, tls: 'required', auth: null }],
    ['smtp://mail.example.com:25/', { port: 25, tls: 'required' }],
    ['smtps://mail.example.com', { port: 465, tls: 'implicit' }],
    ['smtp://u:p@mail.example.com', { tls: 'required', auth: { user: 'u' } }],
    ['smtp://u%40shop:p%3A@mail.example.com', { auth: { user: 'u@shop' } }],
    ['smtp://10.0.0.7:25?tls=optional', { host: '10.0.0.7', tls: 'optional' }],
    ['smtp://localhost:1025', { tls: 'optional' }],
    ['smtp://[::1]:1025', { host: '::1', tls: 'optional' }],
    ['smtp://127.0.0.1:1025', { tls: 'optional' }],
  ])('is understood: %s', (text, expected) => {
    expect(parseSmtpUrl(text)).toMatchObject(expected)
  })

  it('keeps its password from whatever prints it', () => {
    const settings = parseSmtpUrl('smtp://u:hu%40sh@mail.example.com')
    expect(settings?.auth?.password.reveal()).toBe('hu@sh')
    expect(JSON.stringify(settings)).not.toContain('hu@sh')
  })

  it.each([
    ['of another protocol', 'https://mail.example.com'],
    ['none at all', 'mail.example.com'],
    ['with half a log-in', 'smtp://u@mail.example.com'],
    ['with a path', 'smtp://mail.example.com/inbox'],
    ['with an option that does not exist', 'smtp://mail.example.com?secure=false'],
    ['with encryption that is both', 'smtps://mail.example.com?tls=optional'],
    ['that would send a password unencrypted', 'smtp://u:p@mail.example.com?tls=optional'],
    ['with a broken escape', 'smtp://u:%E0%A4%A@mail.example.com'],
  ])('%s is refused: %s', (_what, text) => {
    expect(parseSmtpUrl(text)).toBeNull()
  })
})

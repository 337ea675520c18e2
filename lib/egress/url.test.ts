import { describe, expect, it } from 'vitest'
import { policyOf } from '@/test/egress'
import { isEgressError } from './errors'
import type { EgressPolicy } from './policy'
import { judgeUrl } from './url'

/** The URL that is called, or the code of the refusal. */
function verdictOf(text: string, policy: EgressPolicy): string {
  try {
    return judgeUrl(text, policy).href
  } catch (error) {
    if (isEgressError(error) && error.stage === 'address') return error.code
    throw error
  }
}

describe('without an allow-list', () => {
  it.each([
    ['https://api.example.com/v1/orders?a=b', 'https://api.example.com/v1/orders?a=b'],
    ['HTTPS://API.Example.COM', 'https://api.example.com/'],
    ['https://api.example.com:8443/', 'https://api.example.com:8443/'],
    ['https://api.example.com:443/', 'https://api.example.com/'],
    ['https://api.example.com./', 'https://api.example.com/'],
    ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
    ['https://api%2eexample.com/', 'https://api.example.com/'],
    ['https://ａｐｉ.example.com/', 'https://api.example.com/'],
    ['https://my_shop.example.com/', 'https://my_shop.example.com/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://134744072/', 'https://8.8.8.8/'],
    ['https://[2606:4700:4700::1111]/', 'https://[2606:4700:4700::1111]/'],
    ['https://[::ffff:8.8.8.8]/', 'https://[::ffff:808:808]/'],
    ['https://@api.example.com/', 'https://api.example.com/'],
    ['https://api.example.com/@me', 'https://api.example.com/@me'],
    ['https://api.example.com?to=me@example.com', 'https://api.example.com/?to=me@example.com'],
  ])('%s is called as %s', (text, href) => {
    expect(verdictOf(text, policyOf())).toBe(href)
  })

  it.each([
    ['https://127.0.0.1/', 'address_refused'],
    ['https://127.0.0.1./', 'address_refused'],
    ['https://127.1/', 'address_refused'],
    ['https://127.0.1/', 'address_refused'],
    ['https://2130706433/', 'address_refused'],
    ['https://0x7f000001/', 'address_refused'],
    ['https://0x7F.0.0.1/', 'address_refused'],
    ['https://0177.0.0.1/', 'address_refused'],
    ['https://017700000001/', 'address_refused'],
    ['https://%31%32%37.0.0.1/', 'address_refused'],
    ['https://１２７.0.0.1/', 'address_refused'],
    ['https://127。0。0。1/', 'address_refused'],
    ['https://①②⑦.0.0.1/', 'address_refused'],
    ['https://0/', 'address_refused'],
    ['https://[::1]/', 'address_refused'],
    ['https://[::ffff:127.0.0.1]/', 'address_refused'],
    ['https://[::ffff:7f00:1]/', 'address_refused'],
    ['https://[0:0:0:0:0:0:0:1]/', 'address_refused'],
    ['https://[64:ff9b::127.0.0.1]/', 'address_refused'],
    ['https://[2002:7f00:1::]/', 'address_refused'],
    ['https://169.254.169.254/latest/meta-data/', 'address_refused'],
    ['https://0xa9fea9fe/', 'address_refused'],
    ['https://[fd00:ec2::254]/', 'address_refused'],
    ['http://127.0.0.1/', 'address_refused'],
    ['http://api.example.com/', 'scheme_refused'],
    ['http://8.8.8.8/', 'scheme_refused'],
    ['http://localhost/', 'scheme_refused'],
    ['ftp://api.example.com/', 'scheme_refused'],
    ['file:///etc/passwd', 'scheme_refused'],
    ['data:text/plain,x', 'scheme_refused'],
    ['javascript:alert(1)', 'scheme_refused'],
    ['blob:https://api.example.com/x', 'scheme_refused'],
    ['wss://api.example.com/', 'scheme_refused'],
    ['unix:/var/run/docker.sock', 'scheme_refused'],
    ['', 'url_refused'],
    ['api.example.com', 'url_refused'],
    ['//api.example.com/', 'url_refused'],
    ['https://', 'url_refused'],
    ['https://me:hush@api.example.com/', 'url_refused'],
    ['https://me@api.example.com/', 'url_refused'],
    ['https://api.example.com@127.0.0.1/', 'url_refused'],
    ['https://api.example.com\\@127.0.0.1/', 'url_refused'],
    ['https:\\\\api.example.com/', 'url_refused'],
    ['https://api.example.com/#here', 'url_refused'],
    ['https://api.example.com/#', 'url_refused'],
    ['https://api.example.com#@127.0.0.1/', 'url_refused'],
    [' https://api.example.com/', 'url_refused'],
    ['https://api.exa\tmple.com/', 'url_refused'],
    ['https://api.example.com/\r\nX-Injected: 1', 'url_refused'],
    ['https://api.example.com/a b', 'url_refused'],
    ['https://api..example.com/', 'url_refused'],
    ['https://api.example.com../', 'url_refused'],
    ['https://api.example.com%00.evil.example/', 'url_refused'],
    ['https://api%20.example.com/', 'url_refused'],
    ['https://*.example.com/', 'url_refused'],
    ['https://api.example.com,evil.example/', 'url_refused'],
    ['https://[fe80::1%25eth0]/', 'url_refused'],
    ['https://[::1', 'url_refused'],
    ['https://256.0.0.1/', 'url_refused'],
    ['https://1.2.3.4.5/', 'url_refused'],
    ['https://api.example.com:99999/', 'url_refused'],
    ['https://api.example.com:22/', 'url_refused'],
    ['https://api.example.com:25/', 'url_refused'],
    ['https://api.example.com:6379/', 'url_refused'],
    ['https://api.example.com:0/', 'url_refused'],
    [`https://api.example.com/${'a'.repeat(9000)}`, 'url_refused'],
    [`https://${'a.'.repeat(130)}example.com/`, 'url_refused'],
  ])('%s is refused: %s', (text, code) => {
    expect(verdictOf(text, policyOf())).toBe(code)
  })
})

describe('with an allow-list', () => {
  it.each([
    ['erp.internal', 'http://erp.internal/', 'http://erp.internal/'],
    ['erp.internal', 'http://ERP.internal./', 'http://erp.internal/'],
    ['erp.internal', 'http://erp.internal:8080/', 'http://erp.internal:8080/'],
    ['erp.internal:8080', 'http://erp.internal:8080/', 'http://erp.internal:8080/'],
    ['erp.internal:8080', 'http://erp.internal/', 'scheme_refused'],
    ['erp.internal', 'http://erp.internal.evil.example/', 'scheme_refused'],
    ['erp.internal', 'http://evil-erp.internal/', 'scheme_refused'],
    ['erp.internal', 'http://erp.internal:6379/', 'url_refused'],
    ['erp.internal', 'ftp://erp.internal/', 'scheme_refused'],
    ['localhost', 'http://localhost:3001/', 'http://localhost:3001/'],
    ['localhost', 'http://127.0.0.1:3001/', 'address_refused'],
    ['127.0.0.0/8', 'http://127.0.0.1:3001/', 'http://127.0.0.1:3001/'],
    ['127.0.0.0/8', 'http://0x7f.1:3001/', 'http://127.0.0.1:3001/'],
    ['127.0.0.0/8', 'http://localhost:3001/', 'scheme_refused'],
    ['127.0.0.1:3001', 'http://127.0.0.1:3002/', 'address_refused'],
    ['::1', 'http://[::1]:3001/', 'http://[::1]:3001/'],
    ['10.0.0.0/8', 'https://[::ffff:10.0.0.1]/', 'https://[::ffff:a00:1]/'],
    ['10.0.0.0/8', 'https://11.0.0.1/', 'https://11.0.0.1/'],
    ['10.0.0.0/8', 'https://192.168.0.1/', 'address_refused'],
    ['8.8.8.8', 'http://8.8.8.8/', 'http://8.8.8.8/'],
    ['0.0.0.0/0', 'https://169.254.169.254/', 'address_refused'],
  ])('of %s, %s is %s', (item, text, verdict) => {
    expect(verdictOf(text, policyOf(item))).toBe(verdict)
  })
})

it('a refusal does not repeat what was typed', () => {
  expect(() => judgeUrl('https://me:hush@api.example.com/', policyOf())).toThrow(
    /^An address to call holds no user name/,
  )
})

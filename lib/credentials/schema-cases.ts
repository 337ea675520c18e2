import type { FieldProblem } from '../errors'

// What forms of the five types may hold, and what they may not: one table for the schema, for server actions and for the API.
// It is written for a server that may call public addresses and, in its own network, `ALLOWED_INSIDE`.

/** What FENICIA_EGRESS_ALLOW is for these rows. */
export const ALLOWED_INSIDE = 'erp.example.internal'

/** A form as it is sent, and what becomes of it. */
export interface SchemaCase {
  what: string
  form: Record<string, unknown>
  /** Of an accepted one: what the schema makes of some of its fields. */
  becomes?: Record<string, unknown>
  /** The first field that is refused; missing: the form is accepted. */
  refused?: { field: string; code: FieldProblem['code']; says: RegExp }
  /** What only the domain can tell, such as where the server may call: the schema alone takes the form. */
  isDomains?: true
}

type Fields = Record<string, unknown>

const HOST = 'https://api.example.com'
export const TOKEN_OF_FENICIA = `fn_live_${'0aB'.repeat(12)}cd`
const LONG = 8_192

const common = { name: 'Carrier', hosts: [HOST] }
const apiKey = (fields: Fields = {}): Fields => ({
  ...common,
  type: 'api_key',
  placement: { in: 'header', name: 'X-Api-Key' },
  secret: { key: 'k-1234567890' },
  ...fields,
})
const bearer = (fields: Fields = {}): Fields => ({
  ...common,
  type: 'bearer',
  secret: { token: 't-1234567890' },
  ...fields,
})
const basic = (secret: unknown, fields: Fields = {}): Fields => ({ ...common, type: 'basic', secret, ...fields })
const headers = (names: unknown, secret: unknown, fields: Fields = {}): Fields => ({
  ...common,
  type: 'headers',
  headers: names,
  secret,
  ...fields,
})
const oauth2 = (fields: Fields = {}): Fields => ({
  ...common,
  type: 'oauth2',
  token_url: 'https://auth.example.com/token',
  client_id: 'client-1',
  secret: { client_secret: 's-1234567890' },
  ...fields,
})
const refresh = (fields: Fields = {}): Fields =>
  oauth2({
    grant: 'refresh_token',
    secret: { client_secret: 's-1234567890', refresh_token: 'r-1234567890' },
    ...fields,
  })
const connect = (fields: Fields = {}): Fields =>
  oauth2({ grant: 'authorization_code', authorization_url: 'https://auth.example.com/authorize', ...fields })
const key = (text: unknown) => apiKey({ secret: { key: text } })
const token = (text: unknown) => bearer({ secret: { token: text } })
const hosts = (...list: unknown[]) => bearer({ hosts: list })
const test = (fields: unknown) => bearer({ test: fields })
const testUrl = (url: unknown) => test({ url })

const refused = (field: string, code: FieldProblem['code'], says: RegExp) => ({ refused: { field, code, says } })
const value = (field: string, says: RegExp) => refused(field, 'invalid_value', says)
const format = (field: string, says: RegExp) => refused(field, 'invalid_format', says)
const missing = (field: string, says = /is required/) => refused(field, 'missing_field', says)
const unknown = (field: string) => refused(field, 'unknown_field', /is not a field of this request/)
const byDomain = (refusal: ReturnType<typeof refused>) => ({ ...refusal, isDomains: true as const })

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `X-Part-${index + 1}`)
const valuesOf = (names: string[]) => Object.fromEntries(names.map((name) => [name, 'value-12345']))

const apiKeys: SchemaCase[] = [
  { what: 'in a header', form: apiKey(), becomes: { placement: { in: 'header', name: 'X-Api-Key', prefix: '' } } },
  {
    what: 'in a header, after a prefix whose space stays',
    form: apiKey({ placement: { in: 'header', name: 'Authorization', prefix: 'ShippoToken ' } }),
    becomes: { placement: { in: 'header', name: 'Authorization', prefix: 'ShippoToken ' } },
  },
  {
    what: 'in the query',
    form: apiKey({ placement: { in: 'query', name: 'api_key' } }),
    becomes: { placement: { in: 'query', name: 'api_key', prefix: '' } },
  },
  { what: 'white space around it is not meant', form: key(' \t k-1 \n'), becomes: { secret: { key: 'k-1' } } },
  { what: 'a space within it is', form: key('one two'), becomes: { secret: { key: 'one two' } } },
  { what: 'of one character', form: key('k') },
  { what: `of ${LONG} characters`, form: key('k'.repeat(LONG)) },
  { what: 'a colon in it is no header line', form: key('id:k-1234567890') },
  { what: `of ${LONG + 1} characters`, form: key('k'.repeat(LONG + 1)), ...value('secret.key', /8192 characters/) },
  { what: 'empty', form: key(''), ...value('secret.key', /must not be empty/) },
  { what: 'only white space', form: key(' \n '), ...value('secret.key', /must not be empty/) },
  { what: 'CR and LF in it', form: key('k-1\r\nX-Evil: 1'), ...value('secret.key', /one line/) },
  { what: 'LF in it', form: key('k-1\nk-2'), ...value('secret.key', /one line/) },
  { what: 'NUL in it', form: key('k-\u0000-1'), ...value('secret.key', /control characters/) },
  { what: 'a line separator in it', form: key('k-\u2028-1'), ...value('secret.key', /one line/) },
  { what: 'half of a surrogate pair', form: key('k-\ud800-1234567890'), ...value('secret.key', /one line/) },
  { what: 'not ASCII', form: key('clé-1234567890'), ...value('secret.key', /ASCII/) },
  { what: 'a zero-width space', form: key('k-1\u200b2'), ...value('secret.key', /ASCII/) },
  { what: 'with “Bearer” before it', form: key('Bearer k-1'), ...value('secret.key', /begins with “Bearer”/) },
  { what: 'with “bearer” and a tab', form: key('bearer\tk-1'), ...value('secret.key', /one line/) },
  { what: 'with “Basic” before it', form: key('Basic dTpw'), ...value('secret.key', /Basic auth/) },
  { what: 'a header line', form: key('X-Api-Key: k-1'), ...value('secret.key', /header line/) },
  { what: 'an authorization line', form: key('authorization : k-1'), ...value('secret.key', /header line/) },
  { what: 'a token of Fenicia’s', form: key(TOKEN_OF_FENICIA), ...value('secret.key', /API key of Fenicia/) },
  { what: 'a number', form: key(12345), ...format('secret.key', /type string/) },
  { what: 'null', form: key(null), ...format('secret.key', /type string/) },
  { what: 'missing', form: apiKey({ secret: {} }), ...byDomain(missing('secret.key')) },
  { what: 'without any secret', form: apiKey({ secret: undefined }), ...byDomain(missing('secret.key')) },
  { what: 'the secret of another type', form: apiKey({ secret: { token: 'k-1' } }), ...unknown('secret.token') },
  { what: 'without a place', form: apiKey({ placement: undefined }), ...missing('placement') },
  {
    what: 'in the body',
    form: apiKey({ placement: { in: 'body', name: 'k' } }),
    ...value('placement.in', /"header" or "query"/),
  },
  { what: 'in a header without a name', form: apiKey({ placement: { in: 'header' } }), ...missing('placement.name') },
  {
    what: 'in a header with an empty name',
    form: apiKey({ placement: { in: 'header', name: ' ' } }),
    ...value('placement.name', /must not be empty/),
  },
  {
    what: 'in a header with a colon',
    form: apiKey({ placement: { in: 'header', name: 'X-Key:' } }),
    ...value('placement.name', /header name/),
  },
  {
    what: 'in Host',
    form: apiKey({ placement: { in: 'header', name: 'HOST' } }),
    ...value('placement.name', /belongs to the connection/),
  },
  {
    what: 'a prefix with CR and LF',
    form: apiKey({ placement: { in: 'header', name: 'X-Key', prefix: 'a\r\nb' } }),
    ...format('placement.prefix', /ASCII/),
  },
  {
    what: 'a prefix in the query',
    form: apiKey({ placement: { in: 'query', name: 'k', prefix: 'a' } }),
    ...value('placement.prefix', /belongs to a header/),
  },
  {
    what: 'an end',
    form: apiKey({ expires_at: '2027-01-31T00:00:00Z' }),
    becomes: { expires_at: '2027-01-31T00:00:00Z' },
  },
  {
    what: 'an end that is no time',
    form: apiKey({ expires_at: 'tomorrow' }),
    ...format('expires_at', /date and time/),
  },
]

const oauth2s: SchemaCase[] = [
  {
    what: 'client credentials, the least of it',
    form: oauth2(),
    becomes: {
      grant: 'client_credentials',
      client_authentication: 'basic',
      scopes: [],
      audience: null,
      parameters: [],
      placement: { in: 'header', name: 'Authorization', prefix: 'Bearer ' },
    },
  },
  { what: 'client authentication in the body', form: oauth2({ client_authentication: 'body' }) },
  {
    what: 'a public client',
    form: refresh({ client_authentication: 'none', secret: { refresh_token: 'r-1234567890' } }),
  },
  { what: 'scopes', form: oauth2({ scopes: ['orders:read', 'https://api.example.com/scope'] }) },
  { what: 'an audience', form: oauth2({ audience: HOST }), becomes: { audience: HOST } },
  { what: 'other parameters', form: oauth2({ parameters: [{ name: 'resource', value: HOST }] }) },
  { what: 'the token in another header', form: oauth2({ placement: { in: 'header', name: 'X-Token' } }) },
  {
    what: 'a client secret and its successor',
    form: oauth2({ secret: { client_secret: 's-1234567890', next_client_secret: 'n-1234567890' } }),
  },
  {
    what: 'the successor of a public client’s secret',
    form: oauth2({ client_authentication: 'none', secret: { next_client_secret: 'n-1234567890' } }),
    ...value('secret.next_client_secret', /leave it out/),
  },
  {
    what: 'a successor that was pasted into the name as well',
    form: oauth2({
      name: 'Marketplace n-1234567890',
      secret: { client_secret: 's-1234567890', next_client_secret: 'n-1234567890' },
    }),
    ...value('name', /must not hold the secret/),
  },
  { what: 'a refresh token', form: refresh() },
  {
    what: 'an access token that is brought, and its end',
    form: refresh({
      secret: { client_secret: 's-1234567890', refresh_token: 'r-1234567890', access_token: 'a-1234567890' },
      access_token_expires_at: '2027-01-31T00:00:00Z',
    }),
  },
  {
    what: 'an end without the access token',
    form: refresh({ access_token_expires_at: '2027-01-31T00:00:00Z' }),
    ...value('access_token_expires_at', /no meaning/),
  },
  { what: 'without the client’s secret', form: oauth2({ secret: {} }), ...byDomain(missing('secret.client_secret')) },
  {
    what: 'without the refresh token',
    form: refresh({ secret: { client_secret: 's-1234567890' } }),
    ...byDomain(missing('secret.refresh_token')),
  },
  {
    what: 'a secret of a public client',
    form: refresh({ client_authentication: 'none' }),
    ...value('secret.client_secret', /leave it out/),
  },
  {
    what: 'a refresh token with client credentials',
    form: refresh({ grant: 'client_credentials' }),
    ...value('secret.refresh_token', /not used by the grant/),
  },
  { what: 'another grant', form: oauth2({ grant: 'password' }), ...value('grant', /must be "client_credentials"/) },
  {
    what: 'another client authentication',
    form: oauth2({ client_authentication: 'jwt' }),
    ...value('client_authentication', /"basic", "body" or "none"/),
  },
  { what: 'without a token endpoint', form: oauth2({ token_url: undefined }), ...missing('token_url') },
  { what: 'without a client id', form: oauth2({ client_id: undefined }), ...missing('client_id') },
  { what: 'an empty client id', form: oauth2({ client_id: '  ' }), ...value('client_id', /must not be empty/) },
  {
    what: 'a token endpoint with a token of Fenicia in it',
    form: oauth2({ token_url: `https://auth.example.com/token?key=fn_live_${'a1B2'.repeat(9)}ab` }),
    ...value('token_url', /token of Fenicia/),
  },
  {
    what: 'a token endpoint over http',
    form: oauth2({ token_url: 'http://auth.example.com/token' }),
    ...byDomain(value('token_url', /Only https/)),
  },
  { what: 'a token endpoint over http, allowed', form: oauth2({ token_url: `http://${ALLOWED_INSIDE}/token` }) },
  {
    what: 'a token endpoint with a password',
    form: oauth2({ token_url: 'https://a:b@auth.example.com/' }),
    ...value('token_url', /user name or password/),
  },
  {
    what: 'a token endpoint with a placeholder',
    form: oauth2({ token_url: 'https://{shop}.example.com/token' }),
    ...value('token_url', /must be an address|placeholder/),
  },
  {
    what: 'a token endpoint that is none',
    form: oauth2({ token_url: 'auth.example.com' }),
    ...value('token_url', /must be an address/),
  },
  { what: 'a scope of two words', form: oauth2({ scopes: ['read write'] }), ...value('scopes.0', /one word/) },
  { what: 'scopes that are no list', form: oauth2({ scopes: 'read' }), ...format('scopes', /type array/) },
  { what: 'an empty audience', form: oauth2({ audience: '' }), ...value('audience', /must not be empty/) },
  ...[
    'grant_type',
    'client_id',
    'client_secret',
    'refresh_token',
    'scope',
    'audience',
    'client_assertion',
    'client_assertion_type',
    'code',
    'code_verifier',
    'redirect_uri',
    'Client_Secret',
  ].map(
    (name): SchemaCase => ({
      what: `the parameter ${name}`,
      form: oauth2({ parameters: [{ name, value: 'x' }] }),
      ...value('parameters.0.name', /sets by itself/),
    }),
  ),
  {
    what: 'a parameter with spaces around a reserved name',
    form: oauth2({ parameters: [{ name: ' grant_type ', value: 'x' }] }),
    ...value('parameters.0.name', /sets by itself/),
  },
  {
    what: 'a parameter without a value',
    form: oauth2({ parameters: [{ name: 'resource' }] }),
    ...missing('parameters.0.value'),
  },
  {
    what: '21 parameters',
    form: oauth2({ parameters: Array.from({ length: 21 }, (_, at) => ({ name: `p${at}`, value: 'x' })) }),
    ...value('parameters', /20 or fewer/),
  },
  {
    what: 'the token in the query',
    form: oauth2({ placement: { in: 'query', name: 'access_token' } }),
    ...value('placement.in', /must be "header"/),
  },
  {
    what: 'a refresh token with “Bearer”',
    form: refresh({ secret: { client_secret: 's-1', refresh_token: 'Bearer r-1' } }),
    ...value('secret.refresh_token', /Bearer/),
  },
  {
    what: 'a client’s secret with LF',
    form: oauth2({ secret: { client_secret: 'a\nb' } }),
    ...value('secret.client_secret', /one line/),
  },
  {
    what: 'a client’s secret that is a token of Fenicia’s',
    form: oauth2({ secret: { client_secret: TOKEN_OF_FENICIA } }),
    ...value('secret.client_secret', /API key of Fenicia/),
  },
]

const authorizations: SchemaCase[] = [
  {
    what: 'authorization in the browser',
    form: connect(),
    becomes: { issuer: null, revocation_url: null, authorization_parameters: [] },
  },
  {
    what: 'authorization in the browser, with all that it can have',
    form: connect({
      issuer: 'https://auth.example.com',
      revocation_url: 'https://auth.example.com/revoke',
      authorization_parameters: [{ name: 'access_type', value: 'offline' }],
      scopes: ['openid', 'orders'],
    }),
  },
  { what: 'consent for a public client', form: connect({ client_authentication: 'none', secret: {} }) },
  {
    what: 'authorization in the browser without its URL',
    form: connect({ authorization_url: null }),
    ...value('authorization_url', /is required/),
  },
  {
    what: 'a client that authenticates, without its secret',
    form: connect({ secret: {} }),
    ...byDomain(missing('secret.client_secret')),
  },
  {
    what: 'a refresh token, which only connecting brings',
    form: connect({ secret: { client_secret: 's-1234567890', refresh_token: 'r-1234567890' } }),
    ...value('secret.refresh_token', /what connecting .* brings/),
  },
  {
    what: 'an access token, which only connecting brings',
    form: connect({ secret: { client_secret: 's-1234567890', access_token: 'a-1234567890' } }),
    ...value('secret.access_token', /what connecting .* brings/),
  },
  {
    what: 'an authorization URL that is a script',
    form: connect({ authorization_url: 'javascript:alert(1)' }),
    ...value('authorization_url', /must be an address/),
  },
  {
    what: 'an authorization URL of ftp',
    form: connect({ authorization_url: 'ftp://auth.example.com/authorize' }),
    ...value('authorization_url', /must begin with https/),
  },
  {
    what: 'an authorization URL with a fragment',
    form: connect({ authorization_url: 'https://auth.example.com/#/authorize' }),
    ...value('authorization_url', /after “#”/),
  },
  {
    what: 'an authorization URL without encryption',
    form: connect({ authorization_url: 'http://auth.example.com/authorize' }),
    ...byDomain(value('authorization_url', /https/)),
  },
  {
    what: 'an authorization URL in this machine',
    form: connect({ authorization_url: 'https://127.0.0.1/authorize' }),
    ...byDomain(value('authorization_url', /FENICIA_EGRESS_ALLOW/)),
  },
  {
    what: 'an issuer with a query',
    form: connect({ issuer: 'https://auth.example.com/?tenant=1' }),
    ...value('issuer', /must not have a query/),
  },
  {
    what: 'a revocation URL in this machine',
    form: connect({ revocation_url: 'https://127.0.0.1/revoke' }),
    ...byDomain(value('revocation_url', /FENICIA_EGRESS_ALLOW/)),
  },
  ...[
    'response_type',
    'response_mode',
    'client_id',
    'client_secret',
    'redirect_uri',
    'scope',
    'audience',
    'state',
    'nonce',
    'code_challenge',
    'code_challenge_method',
    'request',
    'request_uri',
    'STATE',
  ].map(
    (name): SchemaCase => ({
      what: `the parameter ${name} of the authorization URL`,
      form: connect({ authorization_parameters: [{ name, value: 'x' }] }),
      ...value('authorization_parameters.0.name', /sets by itself/),
    }),
  ),
  {
    what: 'a secret in a parameter of the authorization URL',
    form: connect({ authorization_parameters: [{ name: 'hint', value: 's-1234567890' }] }),
    ...value('authorization_parameters.0.value', /must not hold the secret/),
  },
  ...(
    [
      ['authorization_url', 'https://auth.example.com/authorize'],
      ['issuer', 'https://auth.example.com'],
      ['revocation_url', 'https://auth.example.com/revoke'],
      ['authorization_parameters', [{ name: 'prompt', value: 'consent' }]],
    ] as const
  ).map(
    ([field, given]): SchemaCase => ({
      what: `${field} with another grant`,
      form: refresh({ [field]: given }),
      ...value(field, /authorization_code only/),
    }),
  ),
  {
    what: 'none of these with another grant, said in full',
    form: refresh({ authorization_url: null, issuer: null, revocation_url: null, authorization_parameters: [] }),
  },
]

const bearers: SchemaCase[] = [
  { what: 'a token', form: bearer() },
  { what: 'a token of the signs of base64url and more', form: token('aA0-._~+/=:|') },
  { what: 'white space around it is not meant', form: token('\n t-1 '), becomes: { secret: { token: 't-1' } } },
  { what: 'an end with an offset', form: bearer({ expires_at: '2027-01-31T00:00:00+02:00' }) },
  { what: 'no end', form: bearer({ expires_at: null }) },
  { what: 'an end that stands for never', form: bearer({ expires_at: '9999-12-31T23:59:59Z' }) },
  {
    what: 'an end in the year 10000 by UTC',
    form: bearer({ expires_at: '9999-12-31T23:59:59-05:00' }),
    ...value('expires_at', /date and time/),
  },
  {
    what: 'an end in the year 0',
    form: bearer({ expires_at: '0000-01-01T00:00:00Z' }),
    ...value('expires_at', /date and time/),
  },
  {
    what: 'an end that is a date only',
    form: bearer({ expires_at: '2027-01-31' }),
    ...format('expires_at', /date and time/),
  },
  {
    what: 'an end on 30 February',
    form: bearer({ expires_at: '2027-02-30T00:00:00Z' }),
    ...format('expires_at', /date and time/),
  },
  { what: 'empty', form: token(''), ...value('secret.token', /must not be empty/) },
  { what: 'with “Bearer” before it', form: token('Bearer t-1'), ...value('secret.token', /leave that word out/) },
  { what: 'with “BEARER” before it', form: token('BEARER  t-1'), ...value('secret.token', /leave that word out/) },
  { what: 'a header line', form: token('Authorization: Bearer t-1'), ...value('secret.token', /header line/) },
  { what: 'a space in it', form: token('t-1 t-2'), ...value('secret.token', /spaces/) },
  { what: 'not ASCII', form: token('t-ñ'), ...value('secret.token', /ASCII/) },
  { what: 'a token of Fenicia’s', form: token(TOKEN_OF_FENICIA), ...value('secret.token', /API key of Fenicia/) },
  { what: 'missing', form: bearer({ secret: {} }), ...byDomain(missing('secret.token')) },
  { what: 'a placement', form: bearer({ placement: { in: 'header', name: 'X' } }), ...unknown('placement') },
]

const basics: SchemaCase[] = [
  { what: 'user name and password', form: basic({ username: 'ana', password: 'p-1' }) },
  { what: 'an empty user name', form: basic({ username: '', password: 'p-1' }) },
  { what: 'an empty password', form: basic({ username: 'key-1', password: '' }) },
  { what: 'without a password', form: basic({ username: 'key-1' }) },
  { what: 'UTF-8', form: basic({ username: 'ñandú', password: 'пароль €' }) },
  { what: 'a colon in the password', form: basic({ username: 'ana', password: 'a:b' }) },
  {
    what: 'a user name that is also part of the host, as a tenant’s often is',
    form: basic({ username: 'northwind', password: 'p-1' }, { hosts: ['https://northwind.example.com'] }),
  },
  {
    what: 'both empty',
    form: basic({ username: '', password: '' }),
    ...byDomain(missing('secret.password', /can’t both be empty/)),
  },
  { what: 'both missing', form: basic({}), ...byDomain(missing('secret.password', /can’t both be empty/)) },
  {
    what: 'a colon in the user name',
    form: basic({ username: 'a:b', password: 'c' }),
    ...value('secret.username', /colon/),
  },
  {
    what: 'a control character in the password',
    form: basic({ username: 'a', password: 'b\u0007c' }),
    ...value('secret.password', /control characters/),
  },
  {
    what: 'the two already joined',
    form: basic({ username: 'Basic dTpw', password: '' }),
    ...value('secret.username', /Basic/),
  },
  {
    what: 'a token of Fenicia’s as password',
    form: basic({ username: 'a', password: TOKEN_OF_FENICIA }),
    ...value('secret.password', /API key of Fenicia/),
  },
  { what: 'an end', form: basic({ username: 'a', password: 'b' }, { expires_at: null }), ...unknown('expires_at') },
]

const customHeaders: SchemaCase[] = [
  { what: 'one', form: headers(['X-Key'], { 'X-Key': 'v-1' }) },
  { what: '20', form: headers(numbered(20), valuesOf(numbered(20))) },
  { what: 'Authorization as a whole', form: headers(['Authorization'], { Authorization: 'Token token=abc' }) },
  {
    what: 'the name access_token, which some services use',
    form: headers(['access_token'], { access_token: 'v-1234567890' }),
  },
  {
    what: 'a value that is no secret and stands in the host',
    form: headers(
      ['X-Shop', 'X-Key'],
      { 'X-Shop': 'northwind', 'X-Key': 'v-1' },
      { hosts: ['https://northwind.example.com'] },
    ),
  },
  { what: 'none', form: headers([], {}), ...value('headers', /at least one/) },
  { what: '21', form: headers(numbered(21), valuesOf(numbered(21))), ...value('headers', /20 or fewer/) },
  { what: 'without names', form: headers(undefined, {}), ...missing('headers') },
  {
    what: 'one twice in another case',
    form: headers(['X-Key', 'x-key'], { 'X-Key': 'a', 'x-key': 'b' }),
    ...value('headers', /twice/),
  },
  ...[
    'Connection',
    'Keep-Alive',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Proxy-Authorization',
    'Expect',
    'Host',
    'Content-Length',
    'Content-Type',
    'Cookie2',
    'Set-Cookie',
  ].map(
    (name): SchemaCase => ({
      what: name,
      form: headers([name], { [name]: 'x' }),
      ...value('headers.0', /can’t be set/),
    }),
  ),
  { what: 'a name with a space', form: headers(['X Key'], { 'X Key': 'x' }), ...value('headers.0', /header name/) },
  {
    what: 'CR and LF in a value',
    form: headers(['X-Key'], { 'X-Key': 'a\r\nX-Evil: 1' }),
    ...value('secret.X-Key', /one line/),
  },
  { what: 'an empty value', form: headers(['X-Key'], { 'X-Key': ' ' }), ...value('secret.X-Key', /must not be empty/) },
  { what: 'a value that is not ASCII', form: headers(['X-Key'], { 'X-Key': 'ñ' }), ...value('secret.X-Key', /ASCII/) },
  {
    what: 'a value for a name that is not in the list',
    form: headers(['X-Key'], { 'X-Key': 'a', 'X-Other': 'b' }),
    ...value('secret.X-Other', /not the name of one/),
  },
  {
    what: 'a value under its name in another case',
    form: headers(['X-Key'], { 'x-key': 'a' }),
    ...value('secret.x-key', /not the name of one/),
  },
  {
    what: 'a missing value',
    form: headers(['X-Key', 'X-Other'], { 'X-Key': 'a' }),
    ...byDomain(missing('secret.X-Other')),
  },
  {
    what: 'a missing value of a name that all objects know',
    form: headers(['constructor'], {}),
    ...byDomain(missing('secret.constructor')),
  },
  {
    what: 'a token of Fenicia’s',
    form: headers(['X-Key'], { 'X-Key': TOKEN_OF_FENICIA }),
    ...value('secret.X-Key', /API key of Fenicia/),
  },
]

const hostRows: SchemaCase[] = [
  { what: 'as people write it', form: hosts('api.example.com'), becomes: { hosts: [HOST] } },
  { what: 'with a path, which is dropped', form: hosts('https://API.example.com/v1'), becomes: { hosts: [HOST] } },
  {
    what: 'its own port',
    form: hosts('https://api.example.com:8443'),
    becomes: { hosts: ['https://api.example.com:8443'] },
  },
  {
    what: 'the same twice',
    form: hosts('api.example.com', 'https://api.example.com:443/'),
    becomes: { hosts: [HOST] },
  },
  {
    what: 'IDN in punycode',
    form: hosts('münchen.example.com'),
    becomes: { hosts: ['https://xn--mnchen-3ya.example.com'] },
  },
  { what: 'the test’s alone', form: bearer({ hosts: [], test: { url: 'https://api.example.com/me' } }) },
  { what: 'none at all', form: hosts(), ...value('hosts', /must name the host/) },
  {
    what: '21',
    form: hosts(...Array.from({ length: 21 }, (_, at) => `h${at}.example.com`)),
    ...value('hosts', /20 or fewer/),
  },
  { what: 'a wildcard', form: hosts('*.example.com'), ...byDomain(value('hosts.0', /not an address/)) },
  { what: 'a user name', form: hosts('a:b@api.example.com'), ...value('hosts.0', /must be a host/) },
  { what: 'ftp', form: hosts('ftp://api.example.com'), ...value('hosts.0', /must be a host/) },
  { what: 'empty', form: hosts(' '), ...value('hosts.0', /must be a host/) },
  { what: 'a backslash', form: hosts('api.example.com\\@evil.example'), ...value('hosts.0', /must be a host/) },
  {
    what: 'over http',
    form: hosts('http://api.example.com'),
    ...byDomain(value('hosts.0', /Only https.*FENICIA_EGRESS_ALLOW/)),
  },
  { what: 'over http, allowed', form: hosts(`http://${ALLOWED_INSIDE}`) },
  { what: 'loopback', form: hosts('https://127.0.0.1'), ...byDomain(value('hosts.0', /may not be called/)) },
  {
    what: 'loopback in decimal',
    form: hosts('https://2130706433'),
    ...byDomain(value('hosts.0', /may not be called/)),
  },
  { what: 'loopback as IPv6', form: hosts('https://[::1]'), ...byDomain(value('hosts.0', /may not be called/)) },
  {
    what: 'a cloud’s metadata',
    form: hosts('https://169.254.169.254'),
    ...byDomain(value('hosts.0', /may not be called/)),
  },
  {
    what: 'the port of a mail server',
    form: hosts('https://api.example.com:25'),
    ...byDomain(value('hosts.0', /No server for HTTP/)),
  },
]

const testRows: SchemaCase[] = [
  {
    what: 'the least of it',
    form: testUrl('https://api.example.com/me'),
    becomes: { test: { method: 'GET', url: 'https://api.example.com/me', good: [] } },
  },
  ...['HEAD', 'OPTIONS'].map((method): SchemaCase => ({ what: method, form: test({ method, url: HOST }) })),
  { what: 'statuses that are good', form: test({ url: HOST, good: ['200', '4xx'] }) },
  { what: 'a query', form: testUrl('https://api.example.com/me?a=b') },
  { what: 'a host of its own is added', form: bearer({ test: { url: 'https://login.example.com/me' } }) },
  ...['POST', 'DELETE', 'get'].map(
    (method): SchemaCase => ({
      what: method,
      form: test({ method, url: HOST }),
      ...value('test.method', /changes nothing/),
    }),
  ),
  { what: 'without an address', form: test({}), ...missing('test.url') },
  { what: 'an address that is none', form: testUrl('nope'), ...value('test.url', /must be an address/) },
  { what: 'an empty address', form: testUrl(''), ...value('test.url', /must be an address/) },
  {
    what: 'a port that is none',
    form: testUrl('https://api.example.com:99999/'),
    ...value('test.url', /must be an address/),
  },
  {
    what: 'a space in the address',
    form: testUrl('https://api.example.com/a b'),
    ...value('test.url', /without spaces/),
  },
  {
    what: 'half of a surrogate pair',
    form: testUrl('https://api.example.com/\ud800'),
    ...value('test.url', /broken Unicode/),
  },
  { what: 'a fragment', form: testUrl('https://api.example.com/#a'), ...value('test.url', /after “#”/) },
  { what: 'file', form: testUrl('file:///etc/passwd'), ...value('test.url', /must begin with https/) },
  {
    what: 'a user name in the address',
    form: testUrl('https://user@api.example.com/'),
    ...value('test.url', /user name or password/),
  },
  { what: 'a placeholder in the path is one of the service’s', form: testUrl('https://api.example.com/{id}') },
  {
    what: 'a placeholder in the host',
    form: testUrl('https://%7Bshop%7D.example.com/'),
    ...value('test.url', /must be an address|placeholder/),
  },
  {
    what: 'an address of 2049 characters',
    form: testUrl(`${HOST}/${'a'.repeat(2_049 - HOST.length - 1)}`),
    ...value('test.url', /2048 characters/),
  },
  {
    what: 'a status that is none',
    form: test({ url: HOST, good: ['999'] }),
    ...format('test.good.0', /must be a status/),
  },
  {
    what: 'a status that is a number',
    form: test({ url: HOST, good: [200] }),
    ...format('test.good.0', /type string/),
  },
  { what: '11 statuses', form: test({ url: HOST, good: Array(11).fill('200') }), ...value('test.good', /10 or fewer/) },
  { what: 'a body', form: test({ url: HOST, body: 'x' }), ...unknown('test.body') },
  {
    what: 'in the own network',
    form: testUrl('https://10.0.0.1/'),
    ...byDomain(value('test.url', /may not be called/)),
  },
]

const SECRET = 'sk/live+8f7e6d5c'
const leak = /must not hold the secret/
const leaks: SchemaCase[] = [
  { what: 'in the name', form: bearer({ name: `Key ${SECRET}`, secret: { token: SECRET } }), ...value('name', leak) },
  {
    what: 'in the test address',
    form: bearer({ test: { url: `${HOST}/?k=${SECRET}` }, secret: { token: SECRET } }),
    ...value('test.url', leak),
  },
  {
    what: 'in the test address, encoded',
    form: bearer({ test: { url: `${HOST}/?k=${encodeURIComponent(SECRET)}` }, secret: { token: SECRET } }),
    ...value('test.url', leak),
  },
  {
    what: 'in the token address',
    form: oauth2({ token_url: `https://auth.example.com/?s=s-1234567890` }),
    ...value('token_url', leak),
  },
  {
    what: 'in a parameter',
    form: oauth2({ parameters: [{ name: 'appkey', value: 's-1234567890' }] }),
    ...value('parameters.0.value', leak),
  },
  { what: 'in the audience', form: oauth2({ audience: 's-1234567890' }), ...value('audience', leak) },
  {
    what: 'in the prefix',
    form: apiKey({ placement: { in: 'header', name: 'X-Key', prefix: 'k-1234567890' } }),
    ...value('placement.prefix', leak),
  },
  {
    what: 'a token of Fenicia’s in the name',
    form: bearer({ name: TOKEN_OF_FENICIA }),
    ...value('name', /must not contain a token/),
  },
]

const commonRows: SchemaCase[] = [
  { what: 'a name is brought into NFC and trimmed', form: bearer({ name: ' Cafe\u0301 ' }), becomes: { name: 'Café' } },
  { what: 'a provider of the catalogue', form: bearer({ provider: 'shopify' }) },
  {
    what: 'another provider',
    form: bearer({ provider: 'no-such-provider' }),
    ...byDomain(value('provider', /catalogue/)),
  },
  { what: 'no name', form: bearer({ name: undefined }), ...missing('name') },
  { what: 'an empty name', form: bearer({ name: ' ' }), ...value('name', /must not be empty/) },
  { what: 'a name of 65 characters', form: bearer({ name: 'n'.repeat(65) }), ...value('name', /64 characters/) },
  { what: 'another type', form: { ...common, type: 'digest', secret: {} }, ...value('type', /must be one of/) },
  { what: 'a field that there is not', form: bearer({ color: 'red' }), ...unknown('color') },
  { what: 'a secret that is a text', form: bearer({ secret: 't-1' }), ...format('secret', /type object/) },
]

const under = (type: string, rows: SchemaCase[]) => rows.map((row) => ({ ...row, what: `${type}: ${row.what}` }))

export const schemaCases: readonly SchemaCase[] = [
  ...under('API key', apiKeys),
  ...under('OAuth2', oauth2s),
  ...under('OAuth2', authorizations),
  ...under('Bearer token', bearers),
  ...under('Basic auth', basics),
  ...under('Custom headers', customHeaders),
  ...under('hosts', hostRows),
  ...under('test request', testRows),
  ...under('the secret', leaks),
  ...under('all', commonRows),
]

import type { IncomingMessage, ServerResponse } from 'node:http'

// The login and consent of the test's OAuth server: one page, which a browser shows and a script can drive.

/** What oidc-provider is asked for here. It comes without types. */
export interface ConsentProvider {
  interactionDetails(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ params: { client_id: string; scope?: string } }>
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  Grant: new (of: {
    accountId: string
    clientId: string
  }) => { addOIDCScope(scope: string): void; save(): Promise<string> }
}

/** Shows the page, and takes what is chosen on it. */
export async function answerConsent(
  provider: ConsentProvider,
  scope: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
    return
  }
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  const { params } = await provider.interactionDetails(request, response)
  if (form.get('choice') !== 'allow') {
    const denied = { error: 'access_denied', error_description: 'The merchant said no.' }
    return provider.interactionFinished(request, response, denied)
  }
  const accountId = form.get('account') ?? ''
  const grant = new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } })
}

const PAGE = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Marketplace</title>
<h1>Marketplace</h1>
<form method="post">
<p><label>Account <input name="account" value="merchant"></label></p>
<button name="choice" value="allow">Allow</button>
<button name="choice" value="deny">Deny</button>
</form></html>`

/**
 * Goes through login and consent like a browser that was sent to an authorization URL.
 * @returns where it is sent back to
 */
export async function consentTo(
  authorizationUrl: string,
  { account = 'merchant', choice = 'allow' }: { account?: string; choice?: 'allow' | 'deny' } = {},
): Promise<URL> {
  const cookies = new Map<string, string>()
  const { origin } = new URL(authorizationUrl)
  let url = new URL(authorizationUrl)
  let body: string | undefined
  for (let steps = 0; steps < 10; steps += 1) {
    const answer = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      body,
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    })
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const location = answer.headers.get('location')
    if (location) {
      url = new URL(location, url)
      body = undefined
      if (url.origin !== origin) return url
    } else {
      if (answer.status !== 200 || body !== undefined) throw new Error(`${answer.status}: ${await answer.text()}`)
      body = String(new URLSearchParams({ account, choice }))
    }
  }
  throw new Error('The consent does not come to its end')
}

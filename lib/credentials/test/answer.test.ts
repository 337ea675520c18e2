import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { Secret } from '../../vault'
import { showAnswer } from './answer'

it('shows all ways in that a service offers, each of which it may write on a line of its own', async () => {
  const ways = ['Negotiate', 'Basic realm="sk_live_9aB7"']
  // As undici gives them, whatever the type says.
  const headers = { 'www-authenticate': ways as unknown as string }
  const answer = { status: 401, headers, body: Readable.from([]), received: () => 0 }
  expect(await showAnswer(answer, [new Secret('sk_live_9aB7')], 'https://api.example.com/me')).toMatchObject({
    status: 401,
    wwwAuthenticate: 'Negotiate, Basic realm="[secret]"',
  })
})

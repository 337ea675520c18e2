import { z } from '@hono/zod-openapi'
import { allTypes, webhookTypes } from '../webhooks'
import { typeHints } from '../webhooks/type-hints'
import type { Router } from './define'

const headers = z.object({
  'webhook-id': z.string().openapi({ description: 'The same at every attempt.', example: 'msg_019ab0c4…' }),
  'webhook-timestamp': z.string().openapi({ description: 'Of the attempt, in seconds.', example: '1772800800' }),
  'webhook-signature': z.string().openapi({ description: 'One by each secret that signs.', example: 'v1,K5oZfzN9…' }),
})

/** Puts what each type of event holds into the document’s `webhooks`. */
export function registerEvents(api: Router): void {
  for (const type of allTypes) {
    const schema = z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: webhookTypes[type] })
    api.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      operationId: `event.${type}`,
      tags: ['Webhooks'],
      summary: type === 'webhook.test' ? 'Somebody asked for a test message' : typeHints[type],
      description: 'Signed as [Standard Webhooks](https://www.standardwebhooks.com) has it.',
      // The receiver asks for the signature.
      security: [],
      request: { headers, body: { required: true, content: { 'application/json': { schema } } } },
      responses: {
        '2XX': { description: 'The message is taken.' },
        '410': { description: 'Nobody wants to be told any more: the webhook is disabled.' },
        '4XX': { description: 'It is sent again later, as it is after any other answer.' },
      },
    })
  }
}

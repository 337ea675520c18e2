import { z } from 'zod'
import { webhookMessageStates } from '@/db/schema'
import { callableUrl } from '../credentials/urls'
import { pageQuery } from '../paging'
import { displayText } from '../text'
import { allTypes, chosenTypes, type WebhookType } from './types'

const fields = {
  name: displayText(64),
  url: callableUrl,
  event_types: z
    .array(z.enum(chosenTypes as [string, ...string[]], 'must be one of the event types'))
    .min(1, 'must have an event type')
    .nullable()
    .meta({ description: 'null: all events, also those that are added later.' }),
}

export const webhookForm = z
  .strictObject({ ...fields, event_types: fields.event_types.default(null) })
  .meta({ id: 'WebhookForm' })
export type WebhookForm = z.output<typeof webhookForm>

export const webhookChanges = z
  .strictObject({
    ...fields,
    state: z.enum(['enabled', 'paused'], 'must be "enabled" or "paused"').meta({
      description: 'Enabled, it gets what has come together meanwhile, unless that is older than 30 days.',
    }),
  })
  .partial()
  .meta({ id: 'WebhookChanges' })
export type WebhookChanges = z.output<typeof webhookChanges>

/** Which messages to a webhook are listed. */
export const listMessagesQuery = z.strictObject({
  state: z.enum(webhookMessageStates, `must be one of ${webhookMessageStates.join(', ')}`).optional(),
  type: z.enum(allTypes as [WebhookType, ...WebhookType[]], 'must be one of the event types').optional(),
  ...pageQuery,
})

/** Hours for which the secret before goes on signing. */
export const rotationInput = z.strictObject({
  overlap_hours: z
    .number('must be a whole number')
    .int('must be a whole number')
    .min(0, 'must be from 0 to 168')
    .max(168, 'must be from 0 to 168')
    .default(24)
    .meta({ description: 'For how long the present secret signs too. The one before it ends at once.' }),
})

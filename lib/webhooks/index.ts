export { forgetPreviousSecrets } from './previous-secrets'
export {
  getMessage,
  getWebhook,
  listMessages,
  listWebhooks,
  type MessageView,
  pruneMessages,
  replayMessage,
  sendTestMessage,
  type WebhookView,
  type WebhookWithCounts,
} from './read'
export { runWebhooks } from './run'
export {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  setWebhookState,
  updateWebhook,
  type WebhookStore,
} from './save'
export { listMessagesQuery, rotationInput, webhookChanges, webhookForm } from './schemas'
export { allTypes, type WebhookType, webhookTypes } from './types'

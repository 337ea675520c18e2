import Link from 'next/link'
import { buttonVariants } from '@/components/ui/button'
import { CodeBlock } from '@/components/ui/code-block'
import { RelativeTime } from '@/components/ui/relative-time'
import { Status } from '@/components/ui/status'
import { getRuntime } from '@/lib/runtime'
import { listMessages, type MessageView, type WebhookType, webhookTypes } from '@/lib/webhooks'
import { messageStatus, messagesHref } from '../words'
import { MessageFilters } from './message-filters'
import { ReplayButton } from './replay-button'

/** What was sent to a webhook, with each attempt; its filter and its page are in the address. */
export async function Messages({
  accountId,
  webhookId,
  query,
  mayManage,
}: {
  accountId: string
  webhookId: string
  query: Record<string, string | string[] | undefined>
  mayManage: boolean
}) {
  const state = oneOf(Object.keys(messageStatus) as MessageView['state'][], query.state)
  const type = oneOf(Object.keys(webhookTypes) as WebhookType[], query.type)
  const before = typeof query.before === 'string' && /^msg_[0-9a-f]{32}$/.test(query.before) ? query.before : undefined
  const { messages, next } = await listMessages(getRuntime().database.db, accountId, webhookId, { state, type, before })
  return (
    <div className="grid gap-4 px-5 pt-3 pb-5">
      <MessageFilters webhookId={webhookId} state={state} type={type} />
      {messages.length === 0 ? (
        <p className="py-6 text-center text-muted-foreground text-sm">
          {state || type || before
            ? 'No such messages.'
            : `Nothing was sent yet.${mayManage ? ' “Send test message” tells whether the address takes messages.' : ''}`}
        </p>
      ) : (
        <ol className="grid gap-2">
          {messages.map((message) => (
            <Message key={message.id} message={message} mayManage={mayManage} />
          ))}
        </ol>
      )}
      {next || before ? (
        <div className="flex flex-wrap gap-2">
          {before ? (
            <Link href={messagesHref(webhookId, { state, type })} className={buttonVariants({ size: 'sm' })}>
              Newest
            </Link>
          ) : null}
          {next ? (
            <Link
              href={messagesHref(webhookId, { state, type, before: next })}
              className={buttonVariants({ size: 'sm' })}
            >
              Older
            </Link>
          ) : null}
        </div>
      ) : null}
    </div>
  )
}

function oneOf<Value extends string>(values: readonly Value[], given: unknown): Value | undefined {
  return values.find((value) => value === given)
}

function Message({ message, mayManage }: { message: MessageView; mayManage: boolean }) {
  const { tone, word } = messageStatus[message.state]
  const [last] = message.attemptsMade
  return (
    <li className="rounded border border-border">
      <details>
        <summary className="flex cursor-pointer flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm">
          <Status tone={tone}>{word}</Status>
          <code className="font-mono text-xs">{message.type}</code>
          <span className="text-muted-foreground">
            <RelativeTime value={message.createdAt.toISOString()} />
          </span>
          {last?.error ? <span className="text-muted-foreground [overflow-wrap:anywhere]">{last.error}</span> : null}
        </summary>
        <div className="grid grid-cols-[minmax(0,1fr)] gap-3 border-border border-t px-3 py-3 text-sm">
          <CodeBlock
            label="Request"
            code={`webhook-id: ${message.id}\ncontent-type: application/json\n\n${JSON.stringify(message.payload, null, 2)}`}
          />
          {message.attemptsMade.length === 0 ? <p className="text-muted-foreground">It was not sent yet.</p> : null}
          <ol className="grid gap-2">
            {message.attemptsMade.map((attempt) => (
              <li key={attempt.id} className="grid gap-1">
                <span>
                  {attempt.error ?? `Taken (${attempt.status})`} in {attempt.latencyMs.toLocaleString('en')} ms,{' '}
                  <RelativeTime value={attempt.at.toISOString()} />
                </span>
                {attempt.answer ? <CodeBlock label="Answer" code={attempt.answer} copyable={false} /> : null}
              </li>
            ))}
          </ol>
          {message.state === 'waiting' && message.attempts > 0 ? (
            <p className="text-muted-foreground">
              {message.dueAt.getTime() < Date.now() + 60_000 ? (
                'It is about to be sent again.'
              ) : (
                <>
                  It is sent again <RelativeTime value={message.dueAt.toISOString()} />.
                </>
              )}
            </p>
          ) : null}
          {mayManage ? <ReplayButton messageId={message.id} /> : null}
        </div>
      </details>
    </li>
  )
}

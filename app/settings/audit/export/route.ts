import { requireActor } from '@/app/session'
import { auditEventResource } from '@/lib/api/audit-resources'
import { listAuditEventsQuery, readAuditEvents, recordAuditEvent } from '@/lib/audit'
import { isRefusal } from '@/lib/errors'
import { parseInput } from '@/lib/input'
import { getRuntime } from '@/lib/runtime'
import { parseFilter } from '../list-state'

/** Events in one chunk of the answer. */
const CHUNK = 100

/** What the list shows, all of it, as a file of JSON Lines, written as it is read. That it was exported is on record. */
export async function GET(request: Request): Promise<Response> {
  const { db } = getRuntime().database
  try {
    const actor = await requireActor('audit:read')
    const filter = parseFilter(new URL(request.url).searchParams)
    const { limit: _, ...query } = parseInput(listAuditEventsQuery, filter)
    await recordAuditEvent(db, actor, 'account.audit_exported', actor.accountId, { filter })
    return new Response(streamOf(linesOf(readAuditEvents(db, actor.accountId, query))), {
      headers: {
        'Content-Type': 'application/x-ndjson; charset=utf-8',
        'Content-Disposition': 'attachment; filename="audit-events.jsonl"',
      },
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    const status = error.code === 'not_signed_in' ? 401 : error.code === 'forbidden' ? 403 : 400
    return new Response(`${error.message}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
  }
}

async function* linesOf(events: ReturnType<typeof readAuditEvents>): AsyncGenerator<string> {
  let lines: string[] = []
  for await (const event of events) {
    lines.push(`${JSON.stringify(auditEventResource(event))}\n`)
    if (lines.length < CHUNK) continue
    yield lines.join('')
    lines = []
  }
  if (lines.length > 0) yield lines.join('')
}

/** Reads on only when the browser has taken what was read before. */
function streamOf(chunks: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}

import { getSession } from '@/app/session'
import { can, type Permission } from '@/lib/accounts'
import type { Actor } from '@/lib/audit'
import { type ExportFormat, exportFormat } from '@/lib/exports'
import { requestOrigin } from '../../request'

const types: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
}

/** A file for whoever may read what is in it, sent as it is made. */
export async function download(
  request: Request,
  permission: Permission,
  name: string,
  make: (actor: Actor, format: ExportFormat) => Promise<AsyncIterable<string>>,
): Promise<Response> {
  const session = await getSession()
  if (!session) return new Response('You are no longer signed in.\n', { status: 401 })
  if (!can(session, permission)) return new Response('Your role does not allow this.\n', { status: 403 })
  const format = exportFormat.safeParse(new URL(request.url).searchParams.get('format'))
  if (!format.success) return new Response('`format` must be csv or json.\n', { status: 400 })
  const { device: _, ...origin } = await requestOrigin()
  const { user, account } = session
  const actor: Actor = { kind: 'user', id: user.id, name: user.name, accountId: account.id, ...origin }
  return fileResponse(await make(actor, format.data), format.data, `${name}.${format.data}`)
}

export function fileResponse(pieces: AsyncIterable<string>, format: ExportFormat, name: string): Response {
  const iterator = pieces[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
  return new Response(body, {
    headers: {
      'Content-Type': types[format],
      'Content-Disposition': `attachment; filename="${name}"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  })
}

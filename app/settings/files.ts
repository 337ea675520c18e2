import { requireActor } from '@/app/session'
import type { Permission } from '@/lib/accounts'
import { problemCodes, refusalCodes } from '@/lib/api/problems'
import type { Actor } from '@/lib/audit'
import { isRefusal } from '@/lib/errors'
import { type ExportFormat, exportQuery } from '@/lib/exports'
import { parseInput } from '@/lib/input'

/** Of every answer, a file or a refusal. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

type Pieces = AsyncIterable<string> | Iterable<string>

/** What the browser keeps as a file: under which name, of which media type, in pieces as they are made. */
interface Download {
  name: string
  type: string
  /** Puts on record that it is given out, where that is to be. */
  open: () => Promise<Pieces>
}

/**
 * Answers whoever may have it with a file; with words and the status of the refusal whoever may not. To HEAD nothing is given
 * out: the file is not opened.
 */
export async function answerFile(
  request: Request,
  permission: Permission,
  make: (actor: Actor) => Promise<Download>,
): Promise<Response> {
  try {
    const { name, type, open } = await make(await requireActor(permission))
    return new Response(request.method === 'HEAD' ? null : streamOf(await open()), {
      headers: {
        ...HEADERS,
        'Content-Type': `${type}; charset=utf-8`,
        'Content-Disposition': `attachment; filename="${name}"`,
      },
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    const { status } = problemCodes[refusalCodes[error.code]]
    return new Response(`${error.message}\n`, {
      status,
      headers: { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' },
    })
  }
}

const TYPES: Record<ExportFormat, string> = { csv: 'text/csv', json: 'application/json' }

/** `answerFile` in the format that the address asks for. */
export function answerExport(
  request: Request,
  permission: Permission,
  name: string,
  make: (actor: Actor, format: ExportFormat) => Promise<AsyncIterable<string>>,
): Promise<Response> {
  return answerFile(request, permission, async (actor) => {
    const { format } = parseInput(exportQuery, Object.fromEntries(new URL(request.url).searchParams))
    return { name: `${name}.${format}`, type: TYPES[format], open: () => make(actor, format) }
  })
}

/** Reads on only when the browser has taken what was read before. */
function streamOf(pieces: Pieces): ReadableStream<Uint8Array> {
  const iterator = Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

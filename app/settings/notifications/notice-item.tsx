import { ErrorMark, InfoMark, SuccessMark, WarningMark } from '@/components/ui/icons'
import { RelativeTime } from '@/components/ui/relative-time'
import { findProvider } from '@/lib/credentials'
import type { NoticeView } from '@/lib/notifications'
import { NoticeLink } from './notice-list'
import { noticeWords } from './words'

const marks = {
  error: { Mark: ErrorMark, color: 'text-destructive' },
  warning: { Mark: WarningMark, color: 'text-warning' },
  success: { Mark: SuccessMark, color: 'text-success' },
  info: { Mark: InfoMark, color: 'text-muted-foreground' },
}

/** One notice of the list. */
export function NoticeItem({ notice }: { notice: NoticeView }) {
  const { id, provider, readAt, createdAt, isOver } = notice
  const { title, detail, href, tone } = noticeWords(notice, provider && (findProvider(provider)?.name ?? provider))
  const isLasting = !isOver || tone === 'success'
  const { Mark, color } = marks[isLasting ? tone : 'info']
  return (
    <li className="flex items-start gap-3 px-5 py-3.5 text-sm">
      <Mark className={`mt-0.5 size-4 shrink-0 ${color}`} />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p>
          <NoticeLink id={id} href={href} unread={readAt === null}>
            {title}
          </NoticeLink>
        </p>
        {detail ? <p className="text-muted-foreground [overflow-wrap:anywhere]">{detail}</p> : null}
        <p className="flex flex-wrap gap-x-2 text-muted-foreground text-xs">
          <RelativeTime value={createdAt.toISOString()} />
          {isLasting ? null : <span>· over since</span>}
        </p>
      </div>
      {readAt === null ? (
        <span className="mt-0.5 flex shrink-0 items-center gap-1.5 text-xs">
          <span aria-hidden="true" className="size-2 rounded-full bg-foreground" />
          Unread
        </span>
      ) : null}
    </li>
  )
}

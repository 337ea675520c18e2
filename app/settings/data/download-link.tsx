'use client'

import type { MouseEvent, ReactNode } from 'react'
import { PAGE_OF_HEADER } from '@/lib/request-headers'

/**
 * A link to a file of what the page shows. What a browser downloads is of whoever its session is of, and says nothing of the
 * page: so the page asks first, which stops it where the browser is in another account by now.
 */
export function DownloadLink({ href, className, children }: { href: string; className: string; children: ReactNode }) {
  async function download(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    const answer = await fetch(href, { method: 'HEAD' }).catch(() => null)
    if (answer?.headers.has(PAGE_OF_HEADER)) return
    // Whatever else is wrong, the browser tells as it does of any download.
    Object.assign(document.createElement('a'), { href, download: '' }).click()
  }
  return (
    <a href={href} download className={className} onClick={(event) => void download(event)}>
      {children}
    </a>
  )
}

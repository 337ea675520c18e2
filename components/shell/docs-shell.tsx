import Link from 'next/link'
import type { ReactNode } from 'react'
import { buttonVariants } from '@/components/ui/button'
import { Logo } from './logo'
import { SkipLink } from './skip-link'

/** The frame of documentation, open to everyone: header, the page's table of contents, one wide column. */
export function DocsShell({ title, contents, children }: { title: string; contents: ReactNode; children: ReactNode }) {
  return (
    <>
      <SkipLink />
      <header className="sticky top-0 z-40 border-border border-b bg-background">
        <div className="mx-auto flex h-14 max-w-[1352px] items-center gap-2 px-4 md:px-6">
          <Link href="/" className="flex items-center gap-2.5 rounded font-semibold tracking-tight">
            <Logo />
            <span className="max-sm:sr-only">Fenicia</span>
          </Link>
          <span aria-hidden="true" className="text-border max-sm:hidden">
            /
          </span>
          <p className="min-w-0 flex-1 truncate text-sm">{title}</p>
          <Link href="/settings/api-keys" className={buttonVariants({ variant: 'ghost' })}>
            Settings
          </Link>
        </div>
      </header>
      <div className="mx-auto max-w-[1352px] md:flex md:px-6">
        {contents}
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 py-6 outline-none md:py-8 md:pr-0 md:pl-10">
          <div className="max-w-[1080px]">{children}</div>
        </main>
      </div>
    </>
  )
}

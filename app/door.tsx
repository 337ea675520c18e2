import type { ReactNode } from 'react'
import { Logo } from '@/components/shell/logo'

/** The frame of the pages before the settings: one card in the middle, with the name above and other ways below. */
export function Door({
  title,
  lead,
  below,
  children,
}: {
  title: string
  lead?: ReactNode
  below?: ReactNode
  children: ReactNode
}) {
  return (
    <main
      id="content"
      className="mx-auto grid min-h-dvh w-full max-w-[27rem] content-start gap-6 px-4 py-10 sm:content-center sm:py-16"
    >
      <header className="grid justify-items-center gap-4 text-center">
        <Logo className="size-10" />
        <div className="grid gap-1.5">
          <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
          {lead ? <p className="text-balance text-muted-foreground">{lead}</p> : null}
        </div>
      </header>
      <div className="rounded border border-border bg-card p-5 shadow sm:p-6">{children}</div>
      {below ? <p className="text-center text-muted-foreground text-sm">{below}</p> : null}
    </main>
  )
}

/** The look of a link within a sentence. */
export const inlineLink =
  'rounded font-medium text-foreground underline decoration-input underline-offset-4 hover:decoration-current'

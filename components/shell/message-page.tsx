import type { ReactNode } from 'react'

/** A page that only has something to say: what happened, whether anything was lost, what to do next. */
export function MessagePage({
  title,
  reference,
  actions,
  role,
  children,
}: {
  title: string
  /** What to quote when asking for help; finds the error in the server's log. */
  reference?: string
  actions?: ReactNode
  role?: 'alert'
  children: ReactNode
}) {
  return (
    <div role={role} className="grid max-w-xl gap-3 py-8">
      <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
      <div className="grid gap-2 text-muted-foreground">{children}</div>
      {actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
      {reference ? (
        <p className="mt-4 border-border border-t pt-4 text-muted-foreground text-sm">
          If you ask for help, quote the reference <code className="font-mono text-foreground">{reference}</code>: with
          it the error can be found in the server’s log.
        </p>
      ) : null}
    </div>
  )
}

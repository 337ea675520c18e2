import { cn } from './cn'
import { CopyButton } from './copy-button'

/** Code to read and to take along. Long lines wrap, since nothing scrolls sideways; what is copied has them whole. */
export function CodeBlock({
  code,
  label,
  copyable = true,
  className,
}: {
  code: string
  /** Names the block ("curl"), above it. */
  label: string
  copyable?: boolean
  className?: string
}) {
  return (
    <figure className={cn('min-w-0 rounded border border-border bg-background', className)}>
      <figcaption className="flex min-h-9 items-center justify-between border-border border-b py-1 pr-1 pl-3 text-muted-foreground text-xs">
        {label}
        {copyable ? <CopyButton value={code} label={`Copy ${label}`} /> : null}
      </figcaption>
      <pre className="whitespace-pre-wrap px-3 py-2.5 font-mono text-xs leading-5 [overflow-wrap:anywhere]">
        <code>{code}</code>
      </pre>
    </figure>
  )
}

import type { ComponentProps } from 'react'
import { cn } from './cn'

/*
 * A table that folds: where its container is narrower than 48rem every row becomes a card and every cell a line with its
 * column's name (`label`), two to a line from 32rem. Roles are written out because `display` takes a table's own away in some browsers.
 */

/** A table in a card. Name it with aria-label or a caption; `aria-busy` while it reloads. */
export function Table({ className, ...props }: ComponentProps<'table'>) {
  return (
    <div className="@container min-w-0">
      <table
        // biome-ignore lint/a11y/noRedundantRoles: see above
        role="table"
        className={cn('block w-full text-left text-sm @3xl:table aria-busy:opacity-60', className)}
        {...props}
      />
    </div>
  )
}

/** The head; not shown when folded. */
export function TableHeader({ className, ...props }: ComponentProps<'thead'>) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <thead role="rowgroup" className={cn('hidden @3xl:table-header-group', className)} {...props} />
  )
}

/** The rows. */
export function TableBody({ className, ...props }: ComponentProps<'tbody'>) {
  return (
    <tbody
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="rowgroup"
      className={cn('block divide-y divide-border @3xl:table-row-group', className)}
      {...props}
    />
  )
}

/** A row; folded, a card. */
export function TableRow({ className, ...props }: ComponentProps<'tr'>) {
  return (
    <tr
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="row"
      className={cn(
        'relative grid grid-cols-[minmax(0,1fr)] gap-x-4 gap-y-1.5 border-border px-5 py-3 transition-colors duration-75 hover:bg-muted/50 aria-selected:bg-muted @lg:grid-cols-2 @3xl:table-row @3xl:border-b @3xl:p-0 @3xl:last:border-b-0',
        className,
      )}
      {...props}
    />
  )
}

/** A column's name. */
export function TableHead({ className, ...props }: ComponentProps<'th'>) {
  return (
    <th
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="columnheader"
      scope="col"
      className={cn(
        'h-9 whitespace-nowrap border-border border-b px-3 align-middle font-medium text-muted-foreground text-xs first:pl-5 last:pr-5',
        className,
      )}
      {...props}
    />
  )
}

/**
 * A cell. `label` is its column's name, shown beside it when folded; leave it out where the value speaks for itself.
 * `wrap` for the one column whose words may break and that takes the spare room.
 */
export function TableCell({
  className,
  label,
  wrap = false,
  children,
  ...props
}: ComponentProps<'td'> & { label?: string; wrap?: boolean }) {
  return (
    <td
      // biome-ignore lint/a11y/noRedundantRoles: see above
      role="cell"
      className={cn(
        'block min-w-0 @3xl:table-cell @3xl:h-12 @3xl:px-3 @3xl:py-2 @3xl:align-middle @3xl:first:pl-5 @3xl:last:pr-5',
        label ? '@max-3xl:flex items-baseline gap-3' : '@max-3xl:col-span-full',
        wrap ? '[overflow-wrap:anywhere] @3xl:w-full @3xl:min-w-48' : '@3xl:whitespace-nowrap',
        className,
      )}
      {...props}
    >
      {label ? (
        <span className="w-24 shrink-0 text-muted-foreground text-xs @3xl:hidden" aria-hidden="true">
          {label}
        </span>
      ) : null}
      {label ? <span className="min-w-0 flex-1 @3xl:contents">{children}</span> : children}
    </td>
  )
}

/** A column head that sorts: tells the direction to screen readers and shows it. Its child is the link or button that sorts. */
export function TableSortHead({
  direction,
  children,
  ...props
}: ComponentProps<'th'> & { direction: 'ascending' | 'descending' | 'none' }) {
  return (
    <TableHead aria-sort={direction} {...props}>
      <span className="inline-flex items-center gap-1 [&>a:hover]:text-foreground [&>button:hover]:text-foreground">
        {children}
        <svg
          viewBox="0 0 8 8"
          aria-hidden="true"
          className={cn('size-2', direction === 'none' && 'opacity-0', direction === 'descending' && 'rotate-180')}
        >
          <path d="M4 1.5 7.5 6.5H.5Z" fill="currentColor" />
        </svg>
      </span>
    </TableHead>
  )
}

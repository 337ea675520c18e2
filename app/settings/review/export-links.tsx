/** Leads to the files of all that a list shows. */
export function ExportLinks({ href, what }: { href: string; what: string }) {
  const link = 'rounded underline decoration-border underline-offset-2 hover:decoration-current'
  return (
    <p className="text-muted-foreground text-sm">
      Export all {what} as{' '}
      <a href={`${href}?format=csv`} download className={link}>
        CSV
      </a>{' '}
      or{' '}
      <a href={`${href}?format=json`} download className={link}>
        JSON
      </a>
    </p>
  )
}

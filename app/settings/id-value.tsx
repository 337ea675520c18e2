import { CopyButton } from '@/components/ui/copy-button'

/** An id with a button that copies it. Smaller on a phone, so that it stands in one line there. */
export function IdValue({ id }: { id: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 font-mono text-xs max-sm:text-[11px]">{id}</code>
      <CopyButton value={id} label="Copy id" className="-my-1" />
    </span>
  )
}

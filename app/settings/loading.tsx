import { Skeleton } from '@/components/ui/skeleton'

/** A settings page that is on its way: its header, and one card. */
export default function SettingsLoading() {
  return (
    <div role="status" aria-label="Loading">
      <div className="grid gap-2 pb-6">
        <Skeleton className="h-7 w-40" />
        <Skeleton className="h-5 w-full max-w-md" />
      </div>
      <Skeleton className="h-64 w-full" />
    </div>
  )
}

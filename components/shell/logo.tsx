import { cn } from '@/components/ui/cn'

/** Fenicia's mark, a merchant ship under sail; the same drawing as app/icon.svg. Decorative beside the name. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={cn('size-6 shrink-0', className)}>
      <rect width="24" height="24" rx="6" fill="#7b155c" />
      <path
        fill="#fff"
        d="M12.75 4.5c3.7 1.9 5.5 5 5.75 9h-5.75zM11.25 7.25v6.25H6.5c.4-2.7 1.9-4.8 4.75-6.25zM5 15.25h14c-.9 2.6-3.4 4.25-7 4.25s-6.1-1.65-7-4.25z"
      />
    </svg>
  )
}

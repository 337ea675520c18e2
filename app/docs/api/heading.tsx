import { cn } from '@/components/ui/cn'

/** A heading that can be linked to; its own link shows when it is pointed at. */
export function Heading({ id, level, children }: { id: string; level: 2 | 3; children: React.ReactNode }) {
  const Tag = `h${level}` as const
  return (
    <Tag id={id} className={cn('group scroll-mt-20 font-semibold tracking-tight', level === 2 ? 'text-xl' : 'text-lg')}>
      {children}
      <a
        href={`#${id}`}
        aria-label={`Link to ${typeof children === 'string' ? children : 'this section'}`}
        className="ml-2 rounded font-normal text-muted-foreground opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
      >
        #
      </a>
    </Tag>
  )
}

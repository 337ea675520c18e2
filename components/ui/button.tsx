import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from './cn'

/** The look of a button, for links that act like one: `<Link className={buttonVariants()} href=…>`. */
export const buttonVariants = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded font-medium transition-colors duration-100 disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        /** The one primary action of a page or dialog. */
        primary: 'bg-primary text-primary-foreground hover:bg-primary-hover active:bg-primary-hover',
        /** Every other action. */
        secondary:
          'border border-border bg-card text-foreground shadow-[0_1px_1px_var(--shadow-colour)] hover:bg-muted',
        /** Actions inside rows and toolbars, that should not compete. */
        ghost:
          'text-muted-foreground hover:bg-muted hover:text-foreground aria-expanded:bg-muted aria-expanded:text-foreground',
        /** Opens a destructive dialog. */
        danger:
          'border border-border bg-card text-destructive shadow-[0_1px_1px_var(--shadow-colour)] hover:bg-destructive-soft',
        /** The destructive verb itself, in an alert dialog only. */
        destructive: 'bg-destructive-solid text-white hover:bg-destructive-solid-hover',
      },
      size: {
        sm: 'h-7 px-2.5 text-xs pointer-coarse:h-9',
        md: 'h-8 px-3 text-sm pointer-coarse:h-10',
        lg: 'h-10 px-4 text-base',
        icon: 'size-8 pointer-coarse:size-10',
        'icon-sm': 'size-7 pointer-coarse:size-9',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

export type ButtonProps = ComponentProps<'button'> &
  VariantProps<typeof buttonVariants> & {
    /** While true the button refuses presses and, after 300 ms, shows that work is going on. Focus stays on it. */
    pending?: boolean
  }

/** A button. `variant` primary, secondary (default), ghost, danger or destructive; `type` is "button" unless given. */
export function Button({
  className,
  variant,
  size,
  pending = false,
  type = 'button',
  onClick,
  children,
  autoFocus,
  ...props
}: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonVariants({ variant, size }), pending && 'relative cursor-progress', className)}
      aria-disabled={pending || undefined}
      aria-busy={pending || undefined}
      data-autofocus={autoFocus || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      {...props}
    >
      {pending ? <Spinner /> : null}
      {children}
    </button>
  )
}

/** A turning ring that stays invisible for its first 300 ms. Decorative: say what is going on in words beside it. */
export function Spinner({ className }: { className?: string }) {
  return (
    <span className={cn('inline-flex animate-late', className)}>
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="size-4 animate-spin"
        fill="none"
        strokeWidth="2"
        strokeLinecap="round"
      >
        <circle cx="8" cy="8" r="6" stroke="currentColor" opacity="0.25" />
        <path d="M14 8a6 6 0 0 0-6-6" stroke="currentColor" />
      </svg>
    </span>
  )
}

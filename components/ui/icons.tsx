import type { ComponentProps } from 'react'

/*
 * The shapes that go with a status word. Each is told from the others without its colour:
 * disc, ring, half disc, triangle, square with a bar, cross.
 */

type MarkProps = ComponentProps<'svg'>

function Mark({ children, ...props }: MarkProps) {
  return (
    <svg viewBox="0 0 16 16" fill="none" aria-hidden="true" {...props}>
      {children}
    </svg>
  )
}

/** Good, working: a disc with a tick. */
export function SuccessMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path
        d="m5 8.2 2.1 2.1L11 6"
        stroke="var(--card)"
        strokeWidth="1.75"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </Mark>
  )
}

/** On its way out or in progress: a disc half full. */
export function HalfMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" />
      <path d="M8 1.75a6.25 6.25 0 0 1 0 12.5Z" fill="currentColor" />
    </Mark>
  )
}

/** Needs attention: a triangle. */
export function WarningMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <path d="M8 1.2 15.4 14a.6.6 0 0 1-.5.9H1.1a.6.6 0 0 1-.5-.9Z" fill="currentColor" />
      <path d="M8 6v4M8 12.2v.3" stroke="var(--card)" strokeWidth="1.6" strokeLinecap="round" />
    </Mark>
  )
}

/** Wrong: an octagon. */
export function ErrorMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1Z" fill="currentColor" />
      <path d="M8 4.6v4M8 11.1v.3" stroke="var(--card)" strokeWidth="1.7" strokeLinecap="round" />
    </Mark>
  )
}

/** Ended by someone: a ring with a cross. */
export function StoppedMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" />
      <path d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" />
    </Mark>
  )
}

/** Over, by time or by being replaced: an empty dashed ring. */
export function EndedMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <circle cx="8" cy="8" r="6.25" stroke="currentColor" strokeWidth="1.5" strokeDasharray="3 1.9" />
    </Mark>
  )
}

/** For your information: a disc with an i. */
export function InfoMark(props: MarkProps) {
  return (
    <Mark {...props}>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M8 7.4v4M8 4.8v.2" stroke="var(--card)" strokeWidth="1.75" strokeLinecap="round" />
    </Mark>
  )
}

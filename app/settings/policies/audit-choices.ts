/** How long audit events may be kept, in days, with the words for it; null: for ever. */
export const keepChoices: readonly { days: number | null; name: string }[] = [
  { days: null, name: 'For ever' },
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
  { days: 180, name: '180 days' },
  { days: 365, name: '1 year' },
  { days: 1_095, name: '3 years' },
  { days: 2_555, name: '7 years' },
]

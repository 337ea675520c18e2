import type { ComposedMail } from './compose'

/** The mail for readers of plain text: the same facts and addresses, nothing more. */
export function plainText({ greeting, heading, meaning, facts, list, more, button, footer }: ComposedMail): string {
  const lines = [
    greeting,
    '',
    heading,
    '',
    meaning,
    '',
    ...facts.map(({ label, value }) => `${label}: ${value}`),
    ...(list.length > 0 ? [''] : []),
    ...list.flatMap(({ name, detail, href }) => [`- ${name} (${detail})`, `  ${href}`]),
    ...(more ? [`- ${more}`] : []),
    '',
    `${button.label}:`,
    button.href,
    '',
    '-- ',
    footer.why,
    ...(footer.choose ? [`${footer.choose.label}: ${footer.choose.href}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

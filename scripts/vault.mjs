// `npm run vault rotate`, `rekey` or `check`: the operator's commands for the vault, under the name they are looked for.
const [name = 'help', ...rest] = process.argv.slice(2)
process.argv.splice(
  2,
  process.argv.length,
  name.startsWith('-') || name === 'help' ? '--help' : `vault-${name}`,
  ...rest,
)
await import('./admin.mjs')

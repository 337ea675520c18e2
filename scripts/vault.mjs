// `npm run vault rotate`, `rekey` or `check`: the operator's commands for the vault, under the name they are looked for.
const [name, ...rest] = process.argv.slice(2)
let args = name === undefined ? [] : [`vault-${name}`, ...rest]
if (name === 'help' || name?.startsWith('-')) args = [name, ...rest]
process.argv.splice(2, process.argv.length, ...args)
await import('./admin.mjs')

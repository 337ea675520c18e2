import { type ParseArgsConfig, parseArgs } from 'node:util'
import { z } from 'zod'
import type { Database } from '@/db/client'
import {
  createAccount,
  createAccountInput,
  emailAddress,
  resetPassword,
  resetPasswordInput,
  resetSecondFactor,
} from '../accounts'
import { type AccountEntry, findAccountOf, listAccounts } from '../accounts/directory'
import { createApiKey, createKeyInput, revokeApiKey } from '../api-keys'
import { operatorActor } from '../audit'
import { parseInput } from '../input'
import {
  accountsWithSecrets,
  checkVault,
  type Damaged,
  type Progress,
  rekeyAccount,
  rotateMasterKey,
  type Vault,
} from '../vault'
import { auditCommands, requireAccount } from './audit-commands'
import { parseExpires, parseRate, UsageError } from './usage'

/** What a command has done, for people (`text`, standard output as it is) and for programs. */
export interface Done {
  text: string
  json: unknown
  /** Something is not as it should be: the exit code says so. */
  failed?: boolean
  /** Where nobody can be told again: undoes it when the answer could not be written. @returns what became of it, in words */
  takeBack?(): Promise<string>
}

/** What a command may use besides the database. */
export interface Tools {
  readPassword(): Promise<string>
  /** Reads a file that was named on the command line. @throws {UsageError} */
  readFile(path: string): Promise<string>
  vault: Vault
  /** Tells how far long work is. */
  progress: Progress
}

export interface Command {
  options: NonNullable<ParseArgsConfig['options']>
  required: readonly string[]
  /** Which option a field of the domain comes from, where the names differ. */
  fields: Record<string, string>
  run(db: Database, values: Values, tools: Tools): Promise<Done>
}

type Values = Record<string, string | undefined>

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

export const commands: Record<string, Command> = {
  ...auditCommands,

  'create-account': {
    options: { name: text, email: text, person: text, 'password-stdin': flag },
    required: ['name', 'email', 'password-stdin'],
    fields: { account_name: '--name', name: '--person', password: 'the password' },
    run: async (db, { name, email = '', person }, { readPassword }) => {
      const input = parseInput(createAccountInput, {
        account_name: name,
        email,
        name: person ?? email.trim().split('@')[0],
        password: await readPassword(),
      })
      const { accountId, userId } = await createAccount(db, input, { kind: 'operator' })
      return {
        text: `Created the account ${input.account_name} (${accountId}), owned by ${input.email}.\n`,
        json: { account: { id: accountId, name: input.account_name }, owner: { id: userId, email: input.email } },
      }
    },
  },

  'create-key': {
    options: { email: text, name: text, scopes: text, environment: text, expires: text, rate: text, account: text },
    required: ['email', 'name', 'scopes'],
    fields: {
      expires_at: '--expires',
      'rate.requests': 'the requests of --rate',
      'rate.seconds': 'the seconds of --rate',
    },
    run: async (db, { email, name, scopes = '', environment, expires, rate, account }) => {
      const expiresAt = parseExpires(expires)
      const parsedRate = parseRate(rate)
      const { email: address } = parseInput(z.object({ email: emailAddress }), { email })
      const input = parseInput(createKeyInput, {
        name,
        environment,
        scopes: scopes.split(',').map((scope) => scope.trim()),
        expires_at: expiresAt,
        rate: parsedRate,
      })
      const accountId = await findAccountOf(db, address, account)
      const actor = operatorActor(accountId)
      const { id, token } = await createApiKey(db, actor, input)
      return {
        text: `${token}\n`,
        json: { id, account_id: accountId, ...input, token },
        takeBack: async () => {
          await revokeApiKey(db, actor, id, 'Its token could not be shown')
          return `Nobody has the key's token, so that ${id} was revoked: run the command again.`
        },
      }
    },
  },

  'reset-password': {
    options: { email: text, 'password-stdin': flag },
    required: ['email', 'password-stdin'],
    fields: { password: 'the password' },
    run: async (db, { email }, { readPassword }) => {
      const input = parseInput(resetPasswordInput, { email, password: await readPassword() })
      await resetPassword(db, input)
      return {
        text: `Set a new password for ${input.email}, who is signed out everywhere.\n`,
        json: { email: input.email, sessions_ended: true },
      }
    },
  },

  'reset-second-factor': {
    options: { email: text },
    required: ['email'],
    fields: {},
    run: async (db, { email }) => {
      const { email: address } = parseInput(z.object({ email: emailAddress }), { email })
      const { removed } = await resetSecondFactor(db, address)
      return {
        text:
          removed === 0
            ? `${address} had no second factor; they are signed out everywhere.\n`
            : `Removed ${counted(removed, 'second factor')} of ${address}, who is signed out everywhere and signs in by the password alone.\n`,
        json: { email: address, removed, sessions_ended: true },
      }
    },
  },

  'vault-rotate': {
    options: {},
    required: [],
    fields: {},
    run: async (db, _values, { vault, progress }) => {
      const { done, damaged } = await rotateMasterKey(db, vault, progress)
      const { kid } = vault.masterKeys.first
      const rotated = `${counted(done, 'data key')} wrapped anew`
      return {
        text:
          damaged.length === 0
            ? `${rotated}; all are wrapped by the master key “${kid}”.\n`
            : `${rotated} by the master key “${kid}”; ${leftAsItIs(damaged)}`,
        json: { data_keys: done, master_key: kid, damaged: damaged.map(damagedToJson) },
        failed: damaged.length > 0,
      }
    },
  },

  'vault-rekey': {
    options: { account: text },
    required: [],
    fields: {},
    run: async (db, { account }, { vault, progress }) => {
      const accountIds = account === undefined ? await accountsWithSecrets(db) : [await requireAccount(db, account)]
      let secrets = 0
      const damaged: Damaged[] = []
      for (const accountId of accountIds) {
        const rekeyed = await rekeyAccount(db, vault, accountId, progress)
        secrets += rekeyed.done
        damaged.push(...rekeyed.damaged)
      }
      const rekeyed = `${counted(secrets, 'secret')} of ${counted(accountIds.length, 'account')} sealed with a new data key`
      return {
        text: damaged.length === 0 ? `${rekeyed}.\n` : `${rekeyed}; ${leftAsItIs(damaged)}`,
        json: { accounts: accountIds.length, secrets, damaged: damaged.map(damagedToJson) },
        failed: damaged.length > 0,
      }
    },
  },

  'vault-check': {
    options: {},
    required: [],
    fields: {},
    run: async (db, _values, { vault, progress }) => {
      const { dataKeys, items, damaged } = await checkVault(db, vault, progress)
      const opened = `${counted(dataKeys, 'data key')} and ${counted(items, 'secret')} looked at`
      return {
        text:
          damaged.length === 0
            ? `${opened}: all open.\n`
            : `${opened}, ${damaged.length} do not open:\n${listed(damaged)}`,
        json: {
          data_keys: dataKeys,
          secrets: items,
          damaged: damaged.map(damagedToJson),
        },
        failed: damaged.length > 0,
      }
    },
  },

  list: {
    options: {},
    required: [],
    fields: {},
    run: async (db) => {
      const accounts = await listAccounts(db)
      return { text: accounts.map(describe).join('\n') || 'There is no account yet.\n', json: accounts.map(toJson) }
    },
  },
}

/**
 * Reads a command's own options.
 * @throws {UsageError} naming an option that is unknown, missing, or lacks its value
 */
export function parseOptions(name: string, command: Command, args: string[]): Values {
  try {
    const { values } = parseArgs({ args, options: command.options, strict: true, allowPositionals: false })
    const missing = command.required.filter((option) => values[option] === undefined)
    if (missing.length > 0) {
      throw new UsageError(`${name} needs ${missing.map((option) => `--${option}`).join(' and ')}`)
    }
    return values as Values
  } catch (error) {
    // parseArgs explains itself; its advice about `--` is of no use here.
    if (error instanceof TypeError) throw new UsageError(error.message.split(/\. To specify|\.$/)[0])
    throw error
  }
}

function describe({ id, name, members, acceptedKeys }: AccountEntry): string {
  const keys = `${acceptedKeys} API ${acceptedKeys === 1 ? 'key' : 'keys'} in use`
  const people = members.map(({ email, name: person, role }) => `  ${role.padEnd(8)}${email} (${person})\n`)
  return `${name} (${id}), ${keys}\n${people.join('')}`
}

function toJson({ id, name, createdAt, members, acceptedKeys }: AccountEntry) {
  return { id, name, created_at: createdAt, members, accepted_keys: acceptedKeys }
}

function leftAsItIs(damaged: Damaged[]): string {
  const those =
    damaged.length === 1 ? '1 does not open, and stays as it is' : `${damaged.length} do not open, and stay as they are`
  return `${those}:\n${listed(damaged)}`
}

/** Each reason once: of a data key that does not open, all that it has sealed says the same. */
function listed(damaged: Damaged[]): string {
  const lines = damaged.map(
    ({ accountId, reason }) => `  ${reason}${accountId === null ? '' : ` (account ${accountId})`}\n`,
  )
  return [...new Set(lines)].join('')
}

function damagedToJson({ accountId, ...rest }: Damaged) {
  return { account_id: accountId, ...rest }
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

export { isVaultError } from './errors'
export {
  accountsWithSecrets,
  checkVault,
  type Damaged,
  type Progress,
  rekeyAccount,
  rotateMasterKey,
} from './maintenance'
export { openVault } from './open-vault'
export { openAuthenticator, sealAuthenticator } from './personal'
export { Secret } from './secret'
export { Vault } from './vault'

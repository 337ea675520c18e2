import type { PersonalWords } from './personal-words'

export const personalEnglish: PersonalWords = {
  greeting: 'Hello,',
  subjects: {
    'password.reset_requested': () => 'Set a new password',
    'password.changed': () => 'Your password was changed',
    'sign_in.new_browser': () => 'New sign-in to your account',
    'second_factor.added': ({ data }) =>
      data.factor === 'passkey'
        ? 'A passkey was added to your sign-in'
        : 'An authenticator app was added to your sign-in',
    'second_factor.removed': ({ data }) =>
      data.how === 'operator'
        ? 'Your second factors were removed'
        : data.factor === 'passkey'
          ? 'A passkey of yours was removed'
          : 'Your authenticator app was removed',
    'recovery_code.used': () => 'A recovery code of yours was used',
    'member.removed': ({ account }) => `You are no member of ${account} any more`,
    'account.handed_over': ({ account, data }) =>
      data.isOwner ? `You own ${account} now` : `You have handed ${account} over`,
    'invitation.sent': ({ account, data }) => `${data.by} invites you to ${account}`,
  },
  meanings: {
    'password.reset_requested': () =>
      'Somebody asked for a new password for your e-mail address. If it was you, set it by the button; that works once, and for 30 minutes. If not, do nothing: your password stays as it is.',
    'password.changed': ({ data }) =>
      `${data.how === 'operator' ? 'Whoever runs this Fenicia set a new password for you, and' : 'Your password was changed, and'} every browser was signed out. If you know of it, there is nothing to do. If not, somebody else may be in your account: set a new password at once.`,
    'sign_in.new_browser': ({ data }) =>
      data.method === 'passkey'
        ? 'Somebody signed in as you by one of your passkeys alone, with a browser that we do not know as yours. If it was you, there is nothing to do. If not, remove the passkey that was used last and sign out everywhere at once: whoever it was has it.'
        : 'Somebody signed in as you with a browser that we do not know as yours. If it was you, there is nothing to do. If not, change your password and sign out everywhere at once: whoever it was knows your password.',
    'second_factor.added': () =>
      'From now on it can be used to sign in as you. If you did this, there is nothing to do. If not, somebody else is in your account: remove it, change your password and sign out everywhere at once.',
    'second_factor.removed': ({ data }) =>
      data.how === 'operator'
        ? 'Whoever runs this Fenicia removed your authenticator app, passkeys and recovery codes, and signed you out everywhere. Your password alone signs you in now: sign in, and set up a second factor again. If you did not ask for this, ask them.'
        : 'It can no longer be used to sign in as you. If you did this, there is nothing to do. If not, somebody else is in your account: change your password and sign out everywhere at once.',
    'recovery_code.used': ({ data }) =>
      `Somebody signed in as you with your password and one of your recovery codes, of which ${data.left === 1 ? '1 is' : `${data.left} are`} left. If it was you, make new ones before they run out. If not, change your password and make new recovery codes at once.`,
    'member.removed': ({ account, data }) =>
      `${data.by} has removed you from ${account}. You see nothing of it any more; other accounts of yours are as they were. If you did not expect this, ask ${data.by}.`,
    'account.handed_over': ({ account, data }) =>
      data.isOwner
        ? `${data.from} has handed ${account} over to you. You can do everything in it, and only you can hand it on.`
        : `You have handed ${account} over to ${data.to}, and are an admin of it now. If this was not you, somebody else is in your account: change your password at once, and ask ${data.to} to hand it back.`,
    'invitation.sent': ({ account, data }) =>
      `${data.by} invites you to be a member of ${account} on Fenicia, where its API keys, credentials and integrations are kept. The button works once, and for 7 days.`,
  },
  buttons: {
    'password.reset_requested': 'Set a new password',
    'password.changed': 'It was not me: set a new password',
    'sign_in.new_browser': 'Look at your account',
    'second_factor.added': 'Look at your account',
    'second_factor.removed': 'Look at your account',
    'recovery_code.used': 'Look at your account',
    'member.removed': 'Go to Fenicia',
    'account.handed_over': 'Look at the members',
    'invitation.sent': 'Accept the invitation',
  },
  roles: {
    admin: { name: 'Admin', may: 'everything but to own the account' },
    manager: { name: 'Manager', may: 'see API keys and credentials, test and re-authorize them' },
    staff: { name: 'Staff', may: 'be a member, without these settings' },
  },
  labels: {
    eMail: 'E-mail address',
    when: 'When',
    address: 'From the address',
    browser: 'Browser',
    by: 'Invited by',
    role: 'Your role',
    roleMay: 'You may',
    goodUntil: 'The link is good until',
    factor: 'What',
    codesLeft: 'Recovery codes left',
    newOwner: 'New owner',
    oldOwner: 'Owner before',
  },
  factors: { authenticator: 'Authenticator app', passkey: 'Passkey' },
  operator: 'By whoever runs this Fenicia',
  why: {
    'password.reset_requested': 'You get this since somebody asked for it with your e-mail address.',
    'password.changed': 'You get this for your safety, whatever you chose to hear of.',
    'sign_in.new_browser': 'You get this for your safety, whatever you chose to hear of.',
    'second_factor.added': 'You get this for your safety, whatever you chose to hear of.',
    'second_factor.removed': 'You get this for your safety, whatever you chose to hear of.',
    'recovery_code.used': 'You get this for your safety, whatever you chose to hear of.',
    'member.removed': 'You get this since you were a member of the account.',
    'account.handed_over': 'You get this for your safety, whatever you chose to hear of.',
    'invitation.sent':
      'You get this since somebody invited you. If you do not know them, do nothing: without you nothing happens.',
  },
}

import type { PersonalWords } from './personal-words'

export const personalSpanish: PersonalWords = {
  greeting: 'Hola:',
  subjects: {
    'password.reset_requested': () => 'Elige una contraseña nueva',
    'password.changed': () => 'Se cambió tu contraseña',
    'sign_in.new_browser': () => 'Nuevo inicio de sesión en tu cuenta',
    'second_factor.added': ({ data }) =>
      data.factor === 'passkey'
        ? 'Se añadió una llave de acceso a tu inicio de sesión'
        : 'Se añadió una aplicación de autenticación a tu inicio de sesión',
    'second_factor.removed': ({ data }) =>
      data.how === 'operator'
        ? 'Se quitaron tus segundos factores'
        : data.factor === 'passkey'
          ? 'Se quitó una de tus llaves de acceso'
          : 'Se quitó tu aplicación de autenticación',
    'recovery_code.used': () => 'Se usó uno de tus códigos de recuperación',
    'member.removed': ({ account }) => `Ya no eres miembro de ${account}`,
    'account.handed_over': ({ account, data }) =>
      data.isOwner ? `Ahora ${account} te pertenece` : `Has traspasado ${account}`,
    'invitation.sent': ({ account, data }) => `${data.by} te invita a ${account}`,
  },
  meanings: {
    'password.reset_requested': () =>
      'Alguien pidió una contraseña nueva para tu dirección de correo. Si fuiste tú, elígela con el botón; funciona una sola vez y durante 30 minutos. Si no, no hagas nada: tu contraseña sigue como está.',
    'password.changed': ({ data }) =>
      `${data.how === 'operator' ? 'Quien administra este Fenicia te puso una contraseña nueva y' : 'Se cambió tu contraseña y'} se cerró la sesión en todos los navegadores. Si lo sabías, no tienes que hacer nada. Si no, puede que otra persona esté en tu cuenta: elige ya una contraseña nueva.`,
    'sign_in.new_browser': ({ data }) =>
      data.method === 'passkey'
        ? 'Alguien inició sesión como tú solo con una de tus llaves de acceso, con un navegador que no conocemos como tuyo. Si fuiste tú, no tienes que hacer nada. Si no, quita la llave de acceso que se usó la última y cierra todas las sesiones cuanto antes: quien fuera la tiene.'
        : 'Alguien inició sesión como tú con un navegador que no conocemos como tuyo. Si fuiste tú, no tienes que hacer nada. Si no, cambia tu contraseña y cierra todas las sesiones cuanto antes: quien fuera conoce tu contraseña.',
    'second_factor.added': () =>
      'Desde ahora sirve para iniciar sesión como tú. Si fuiste tú, no tienes que hacer nada. Si no, otra persona está en tu cuenta: quítala, cambia tu contraseña y cierra todas las sesiones cuanto antes.',
    'second_factor.removed': ({ data }) =>
      data.how === 'operator'
        ? 'Quien administra este Fenicia quitó tu aplicación de autenticación, tus llaves de acceso y tus códigos de recuperación, y cerró todas tus sesiones. Ahora basta tu contraseña: inicia sesión y configura de nuevo un segundo factor. Si no lo pediste, pregúntale.'
        : 'Ya no sirve para iniciar sesión como tú. Si fuiste tú, no tienes que hacer nada. Si no, otra persona está en tu cuenta: cambia tu contraseña y cierra todas las sesiones cuanto antes.',
    'recovery_code.used': ({ data }) =>
      `Alguien inició sesión como tú con tu contraseña y uno de tus códigos de recuperación; ${data.left === 1 ? 'queda 1' : `quedan ${data.left}`}. Si fuiste tú, crea otros antes de que se acaben. Si no, cambia tu contraseña y crea códigos nuevos cuanto antes.`,
    'member.removed': ({ account, data }) =>
      `${data.by} te ha quitado de ${account}. Ya no ves nada de esa cuenta; tus otras cuentas siguen como estaban. Si no lo esperabas, pregunta a ${data.by}.`,
    'account.handed_over': ({ account, data }) =>
      data.isOwner
        ? `${data.from} te ha traspasado ${account}. Puedes hacer todo en ella, y solo tú puedes traspasarla.`
        : `Has traspasado ${account} a ${data.to} y ahora eres administrador. Si no fuiste tú, otra persona está en tu cuenta: cambia ya tu contraseña y pide a ${data.to} que te la devuelva.`,
    'invitation.sent': ({ account, data }) =>
      `${data.by} te invita a ser miembro de ${account} en Fenicia, donde se guardan sus claves de API, credenciales e integraciones. El botón funciona una sola vez y durante 7 días.`,
  },
  buttons: {
    'password.reset_requested': 'Elegir una contraseña nueva',
    'password.changed': 'No fui yo: elegir otra contraseña',
    'sign_in.new_browser': 'Revisar tu cuenta',
    'second_factor.added': 'Revisar tu cuenta',
    'second_factor.removed': 'Revisar tu cuenta',
    'recovery_code.used': 'Revisar tu cuenta',
    'member.removed': 'Ir a Fenicia',
    'account.handed_over': 'Ver los miembros',
    'invitation.sent': 'Aceptar la invitación',
  },
  roles: {
    admin: { name: 'Administrador', may: 'todo, menos ser propietario de la cuenta' },
    manager: { name: 'Gestor', may: 'ver claves de API y credenciales, probarlas y volver a autorizarlas' },
    staff: { name: 'Personal', may: 'ser miembro, sin estos ajustes' },
  },
  labels: {
    eMail: 'Dirección de correo',
    when: 'Cuándo',
    address: 'Desde la dirección',
    browser: 'Navegador',
    by: 'Te invita',
    role: 'Tu rol',
    roleMay: 'Puedes',
    goodUntil: 'El enlace sirve hasta',
    factor: 'Qué',
    codesLeft: 'Códigos de recuperación que quedan',
    newOwner: 'Nuevo propietario',
    oldOwner: 'Propietario anterior',
  },
  factors: { authenticator: 'Aplicación de autenticación', passkey: 'Llave de acceso' },
  operator: 'Por quien administra este Fenicia',
  why: {
    'password.reset_requested': 'Recibes este correo porque alguien lo pidió con tu dirección.',
    'password.changed': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'sign_in.new_browser': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'second_factor.added': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'second_factor.removed': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'recovery_code.used': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'member.removed': 'Recibes este correo porque eras miembro de la cuenta.',
    'account.handed_over': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'invitation.sent':
      'Recibes este correo porque alguien te invitó. Si no lo conoces, no hagas nada: sin ti no ocurre nada.',
  },
}

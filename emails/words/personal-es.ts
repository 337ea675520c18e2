import type { PersonalWords } from './personal-words'

export const personalSpanish: PersonalWords = {
  greeting: 'Hola:',
  subjects: {
    'password.reset_requested': () => 'Elige una contraseña nueva',
    'password.changed': () => 'Se cambió tu contraseña',
    'sign_in.new_browser': () => 'Nuevo inicio de sesión en tu cuenta',
    'invitation.sent': ({ account, data }) => `${data.by} te invita a ${account}`,
  },
  meanings: {
    'password.reset_requested': () =>
      'Alguien pidió una contraseña nueva para tu dirección de correo. Si fuiste tú, elígela con el botón; funciona una sola vez y durante 30 minutos. Si no, no hagas nada: tu contraseña sigue como está.',
    'password.changed': ({ data }) =>
      `${data.how === 'operator' ? 'Quien administra este Fenicia te puso una contraseña nueva y' : 'Se cambió tu contraseña y'} se cerró la sesión en todos los navegadores. Si lo sabías, no tienes que hacer nada. Si no, puede que otra persona esté en tu cuenta: elige ya una contraseña nueva.`,
    'sign_in.new_browser': () =>
      'Alguien inició sesión como tú con un navegador que no conocemos como tuyo. Si fuiste tú, no tienes que hacer nada. Si no, cambia tu contraseña y cierra todas las sesiones cuanto antes: quien fuera conoce tu contraseña.',
    'invitation.sent': ({ account, data }) =>
      `${data.by} te invita a ser miembro de ${account} en Fenicia, donde se guardan sus claves de API, credenciales e integraciones. El botón funciona una sola vez y durante 7 días.`,
  },
  buttons: {
    'password.reset_requested': 'Elegir una contraseña nueva',
    'password.changed': 'No fui yo: elegir otra contraseña',
    'sign_in.new_browser': 'Revisar tu cuenta',
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
  },
  operator: 'Por quien administra este Fenicia',
  why: {
    'password.reset_requested': 'Recibes este correo porque alguien lo pidió con tu dirección.',
    'password.changed': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'sign_in.new_browser': 'Recibes este correo por tu seguridad, elijas lo que elijas recibir.',
    'invitation.sent':
      'Recibes este correo porque alguien te invitó. Si no lo conoces, no hagas nada: sin ti no ocurre nada.',
  },
}

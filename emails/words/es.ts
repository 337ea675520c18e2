import type { Words } from './words'

const days = (count: number) => (count === 1 ? '1 día' : `${count} días`)

export const spanish: Words = {
  locale: 'es-ES',
  otherService: 'el servicio',
  reminder: (subject) => `Recordatorio: ${subject}`,
  greeting: (name) => `Hola, ${name}:`,
  subjects: {
    'credential.reauthorization_required': {
      one: ({ name }) => `Vuelve a autorizar «${name}»`,
      several: ({ count, service }) => `Vuelve a autorizar ${count} credenciales de ${service}`,
    },
    'credential.renewal_failing': {
      one: ({ name }) => `La renovación de «${name}» sigue fallando`,
      several: ({ count, service }) => `La renovación de ${count} credenciales de ${service} sigue fallando`,
    },
    'credential.renewal_recovered': {
      one: ({ name }) => `«${name}» vuelve a funcionar`,
      several: ({ count, service }) => `${count} credenciales de ${service} vuelven a funcionar`,
    },
    'credential.expiring': {
      one: ({ name }) => `«${name}» está a punto de caducar`,
      several: ({ count, service }) => `${count} credenciales de ${service} están a punto de caducar`,
    },
    'api_key.created': {
      one: ({ name }) => `Se generó la clave de API «${name}»`,
      several: ({ count }) => `Se generaron ${count} claves de API`,
    },
    'api_key.regenerated': {
      one: ({ name }) => `Se regeneró la clave de API «${name}»`,
      several: ({ count }) => `Se regeneraron ${count} claves de API`,
    },
    'api_key.revoked': {
      one: ({ name }) => `Se revocó la clave de API «${name}»`,
      several: ({ count }) => `Se revocaron ${count} claves de API`,
    },
    'api_key.rehearsal_ended': {
      one: ({ name }) => `Terminó el ensayo de la clave de API «${name}»`,
      several: ({ count }) => `Terminaron los ensayos de ${count} claves de API`,
    },
    'review.digest': {
      one: ({ name }) => `Qué revisar en ${name}`,
      several: () => 'Qué revisar',
    },
    'api_key.leaked': {
      one: ({ name }) => `Se filtró el token de la clave de API «${name}»`,
      several: ({ count }) => `Se filtraron los tokens de ${count} claves de API`,
    },
    'integration.failing': {
      one: ({ name }) => `Fallan las llamadas por «${name}»`,
      several: ({ count }) => `Fallan las llamadas por ${count} integraciones`,
    },
    'webhook.disabled': {
      one: ({ name }) => `Se desactivó el webhook «${name}»`,
      several: ({ count }) => `Se desactivaron ${count} webhooks`,
    },
    'api_key.idle': {
      one: ({ name }) => `La clave de API «${name}» se revocará: nadie la usa`,
      several: ({ count }) => `${count} claves de API se revocarán: nadie las usa`,
    },
    'api_key.expiring': {
      one: ({ name }) => `La clave de API «${name}» está a punto de caducar`,
      several: ({ count }) => `${count} claves de API están a punto de caducar`,
    },
  },
  meanings: {
    'credential.reauthorization_required': {
      one: ({ service }) =>
        `Fenicia ya no puede renovar su acceso a ${service}: una persona tiene que volver a autorizarlo. Reintentarlo no serviría de nada.`,
      several: ({ service }) =>
        `Fenicia ya no puede renovar su acceso a ${service} con estas credenciales: una persona tiene que volver a autorizar cada una.`,
    },
    'credential.renewal_failing': {
      one: ({ service }) =>
        `Desde hace un rato Fenicia no consigue renovar su acceso a ${service}. Sigue intentándolo por sí sola; si el problema dura, las llamadas fallarán.`,
      several: ({ service }) =>
        `Desde hace un rato Fenicia no consigue renovar su acceso a ${service}. Sigue intentándolo por sí sola; si el problema dura, las llamadas fallarán.`,
    },
    'credential.renewal_recovered': {
      one: ({ service }) => `Fenicia vuelve a tener acceso a ${service}. No tienes que hacer nada.`,
      several: ({ service }) => `Fenicia vuelve a tener acceso a ${service}. No tienes que hacer nada.`,
    },
    'credential.expiring': {
      one: () => 'Después, las llamadas que la usan fallarán.',
      several: () =>
        'Después, las llamadas que las usan fallarán. Sustituye antes sus secretos, o vuelve a autorizarlas.',
    },
    'api_key.created': {
      one: () =>
        'Quien tenga su token puede llamar a Fenicia con los permisos que se le dieron. Si nadie de tu equipo la quería, revócala.',
      several: () =>
        'Quien tenga sus tokens puede llamar a Fenicia con los permisos que se les dieron. Si nadie de tu equipo quería alguna, revócala.',
    },
    'api_key.regenerated': {
      one: () =>
        'Una clave nueva con los mismos permisos la sustituye. Si nadie de tu equipo lo quería, revoca las dos.',
      several: () =>
        'Claves nuevas con los mismos permisos las sustituyen. Si nadie de tu equipo lo quería, revócalas.',
    },
    'api_key.revoked': {
      one: () => 'Ya no se aceptan llamadas con ella. Una aplicación que aún la use necesita otra clave.',
      several: () => 'Ya no se aceptan llamadas con ellas. Las aplicaciones que aún usen alguna necesitan otra clave.',
    },
    'api_key.rehearsal_ended': {
      one: () =>
        'Durante un día Fenicia anotó qué llamadas habrían fallado si se hubiera revocado. Sigue funcionando: revócala o consérvala.',
      several: () =>
        'Durante un día Fenicia anotó qué llamadas habrían fallado si se hubieran revocado. Siguen funcionando: revoca o conserva cada una.',
    },
    'review.digest': {
      one: () =>
        'Las claves y credenciales que nadie necesita pueden usarse mal. Repásalas una vez al mes: conserva lo que necesites y termina con el resto.',
      several: () =>
        'Las claves y credenciales que nadie necesita pueden usarse mal. Conserva lo que necesites y termina con el resto.',
    },
    'api_key.leaked': {
      one: () =>
        'Su token se vio donde no debe estar, así que otros pueden tenerlo. La página de la clave dice a qué llegó en los últimos 30 días: sustituye también esos secretos.',
      several: () =>
        'Sus tokens se vieron donde no deben estar, así que otros pueden tenerlos. La página de cada clave dice a qué llegó en los últimos 30 días: sustituye también esos secretos.',
    },
    'integration.failing': {
      one: () =>
        'Desde hace diez minutos o más fallan todas las llamadas de tus aplicaciones por esta integración. Su página muestra cada llamada, cómo terminó y qué se pedía; una prueba de su credencial dice si el servicio aún la acepta.',
      several: () =>
        'Desde hace diez minutos o más fallan todas las llamadas de tus aplicaciones por estas integraciones. La página de cada una muestra las llamadas y cómo terminaron; una prueba de su credencial dice si el servicio aún la acepta.',
    },
    'webhook.disabled': {
      one: () => 'Ya no recibe mensajes. Se guardan 30 días: actívalo de nuevo y se enviarán los que esperan.',
      several: () => 'Ya no reciben mensajes. Se guardan 30 días: actívalos de nuevo y se enviarán los que esperan.',
    },
    'api_key.idle': {
      one: () =>
        'Tu cuenta revoca las claves que nadie usa durante mucho tiempo. Si una aplicación aún la necesita, basta con que la use una vez y la clave se queda.',
      several: () =>
        'Tu cuenta revoca las claves que nadie usa durante mucho tiempo. Si una aplicación aún necesita alguna, basta con que la use una vez y la clave se queda.',
    },
    'api_key.expiring': {
      one: () =>
        'Después no se aceptará ninguna llamada con ella. Si una aplicación aún necesita una, dale antes otra clave.',
      several: () =>
        'Después no se aceptará ninguna llamada con ellas. Da antes otra clave a las aplicaciones que aún necesiten una.',
    },
  },
  expiring: {
    secret: {
      subject: (name, left) => `El secreto de «${name}» ${left === 0 ? 'ha caducado' : `caduca en ${days(left)}`}`,
      meaning: ({ service }) =>
        `Después, las llamadas a ${service} fallarán. Consigue allí un secreto nuevo y ponlo en lugar del anterior.`,
      meaningLate: ({ service }) =>
        `Fenicia ya no puede llamar con él a ${service}. Consigue allí un secreto nuevo y ponlo en lugar del anterior.`,
    },
    refresh_token: {
      subject: (name, left) =>
        `La autorización de «${name}» ${left === 0 ? 'ha terminado' : `termina en ${days(left)}`}`,
      meaning: ({ service }) =>
        `Después, Fenicia no podrá renovar su acceso a ${service}. Vuelve a autorizarlo antes y ninguna llamada fallará.`,
      meaningLate: ({ service }) => `Fenicia ya no puede renovar su acceso a ${service}. Vuelve a autorizarlo.`,
    },
  },
  ended: {
    credentials: {
      subject: ({ count, service }) => `${count} credenciales de ${service} han caducado`,
      meaning: () =>
        'Las llamadas con ellas fallan, o fallarán pronto. Sustituye sus secretos o vuelve a autorizarlas.',
    },
    key: {
      subject: ({ name }) => `La clave de API «${name}» ha caducado`,
      meaning: () => 'Ya no se acepta ninguna llamada con ella. Si una aplicación aún necesita una, dale otra clave.',
    },
    keys: {
      subject: ({ count }) => `${count} claves de API han caducado`,
      meaning: () =>
        'Ya no se acepta ninguna llamada con ellas. Da otra clave a las aplicaciones que aún necesiten una.',
    },
  },
  buttons: {
    reauthorize: 'Volver a autorizar',
    replaceSecret: 'Sustituir el secreto',
    openCredential: 'Abrir la credencial',
    openCredentials: 'Abrir las credenciales',
    openKey: 'Abrir la clave de API',
    openKeys: 'Abrir las claves de API',
    openIntegration: 'Abrir la integración',
    openIntegrations: 'Abrir las integraciones',
    openWebhook: 'Abrir el webhook',
    openWebhooks: 'Abrir los webhooks',
    openReview: 'Abrir la revisión',
  },
  labels: {
    account: 'Cuenta',
    service: 'Servicio',
    callsFailSince: 'Las llamadas fallan desde',
    callsWillFailFrom: 'Las llamadas fallarán a partir de',
    failingSince: 'La renovación falla desde',
    integrations: 'Integraciones afectadas',
    noIntegration: 'Ninguna la usa',
    endsAt: 'Termina',
    environment: 'Entorno',
    by: 'Por',
    reason: 'Motivo',
    seen: 'Dónde se vio',
    host: 'Servidor',
    outcome: 'Qué se hizo',
    lastUsed: 'Último uso',
    never: 'Nunca',
    calls: 'Llamadas que habrían fallado',
    callers: 'Desde',
    lastCall: 'Última llamada',
  },
  leaks: {
    seen: {
      report: 'Lo avisó alguien que lo tiene',
      github: 'Lo encontró GitHub',
      url: 'En la URL de una petición a Fenicia',
      body: 'En el cuerpo de una petición a Fenicia',
    },
    outcome: {
      revoked: 'La clave se revocó al momento',
      flagged: 'Nada todavía: la clave sigue funcionando hasta que la regeneres o la revoques',
    },
  },
  failing: {
    answered: (status) => `respuesta ${status}`,
    unanswered: {
      unreachable: 'no se alcanzó el servicio',
      timeout: 'el servicio no respondió a tiempo',
      refused_by_egress: 'no se permite llamar a la dirección del servicio',
      broken_off: 'la respuesta se interrumpió',
      token_unavailable: 'no se pudo obtener un token',
    },
  },
  disabled: ({ cause, status, reason }) => {
    switch (cause) {
      case 'gone':
        return 'El receptor respondió 410: ya no quiere que se le avise.'
      case 'answered':
        return `No aceptó nada en tres días. La última vez respondió con ${status}.`
      case 'unanswered':
        return 'No aceptó nada en tres días. La última vez no contestó, o no se llegó a él.'
      case 'unsigned':
        return 'En tres días no se le pudo enviar nada: sus mensajes no se pueden firmar. Cambia su secreto de firma.'
      case undefined:
        return reason
    }
  },
  rehearsal: {
    nothingCalled: 'Ninguna durante el ensayo',
    calls: (count) => (count === 1 ? '1 llamada' : `${count.toLocaleString('es')} llamadas`),
  },
  digest: {
    keyFindings: {
      never_used: 'sin usar nunca, con más de 30 días',
      idle: 'sin usar desde hace 90 días',
      over_scoped: 'con permisos que no usan',
      maker_left: 'de alguien que ya no está en la cuenta',
      retiring: 'sustituidas, con el token antiguo aún en uso',
      no_expiry: 'sin fecha de caducidad',
    },
    credentialFindings: {
      failing: 'con fallos',
      unconnected: 'que ninguna integración usa',
      idle: 'sin usar desde hace 90 días',
      maker_left: 'de alguien que ya no está en la cuenta',
    },
    keys: (count) => (count === 1 ? '1 clave de API' : `${count.toLocaleString('es')} claves de API`),
    credentials: (count) => (count === 1 ? '1 credencial' : `${count.toLocaleString('es')} credenciales`),
  },
  notKnown: 'No se sabe',
  andMore: (count) => `y ${count} más`,
  usedBy: (count) => (count === 1 ? 'la usa 1 integración' : `la usan ${count} integraciones`),
  footer: {
    why: 'Recibes este correo porque te encargas de esto en la cuenta, o conectaste el servicio.',
    choose: 'Elige de qué quieres saber',
  },
}

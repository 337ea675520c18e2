import { Body } from '@react-email/body'
import { Button } from '@react-email/button'
import { Container } from '@react-email/container'
import { Head } from '@react-email/head'
import { Heading } from '@react-email/heading'
import { Hr } from '@react-email/hr'
import { Html } from '@react-email/html'
import { Preview } from '@react-email/preview'
import { Text } from '@react-email/text'
import type { CSSProperties } from 'react'
import type { ComposedMail } from './compose'

// Styles stand at the elements, since many readers drop style sheets: such a one shows the mail as by day. No image, no font,
// nothing that is fetched: a mail that is opened tells nobody.
const ink = '#221d20'
const muted = '#6b6367'
const accent = '#7b155c'
const line = '#e6e0e3'

/**
 * The colours of a reader that is dark. Where a mail says that it has its own, Apple's and others leave them as they are, and do
 * not turn each one round as they think right.
 */
const NIGHT = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .page > table > tbody > tr > td { background-color: #131110 !important; color: #ede9e6 !important; }
  .card { background-color: #1c1917 !important; border-color: #37312e !important; }
  .ink { color: #ede9e6 !important; }
  .muted { color: #aea6a1 !important; }
  .accent { color: #d984b3 !important; }
  .line { border-color: #37312e !important; }
  .button { background-color: #d984b3 !important; color: #230a18 !important; }
}`

const styles = {
  body: {
    margin: 0,
    padding: '24px 12px',
    backgroundColor: '#f7f5f6',
    color: ink,
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif',
  },
  card: {
    maxWidth: '560px',
    padding: '28px 28px 20px',
    backgroundColor: '#ffffff',
    border: `1px solid ${line}`,
    borderRadius: '8px',
  },
  brand: { margin: '0 0 20px', color: accent, fontSize: '15px', fontWeight: 600, lineHeight: '20px' },
  heading: { margin: '0 0 12px', fontSize: '20px', fontWeight: 600, lineHeight: '28px', overflowWrap: 'anywhere' },
  text: { margin: '0 0 12px', fontSize: '15px', lineHeight: '23px' },
  table: { width: '100%', margin: '8px 0 20px', borderCollapse: 'collapse', tableLayout: 'fixed' },
  label: cell({ width: '38%', color: muted }),
  value: cell({ overflowWrap: 'anywhere' }),
  detail: { color: muted, fontSize: '13px' },
  link: { color: ink, fontWeight: 600 },
  button: {
    padding: '11px 18px',
    backgroundColor: accent,
    borderRadius: '6px',
    color: '#ffffff',
    fontSize: '15px',
    fontWeight: 600,
    textDecoration: 'none',
  },
  rule: { margin: '24px 0 14px', borderColor: line },
  footer: { margin: 0, color: muted, fontSize: '13px', lineHeight: '20px' },
} satisfies Record<string, CSSProperties>

function cell(more: CSSProperties): CSSProperties {
  return {
    padding: '8px 12px 8px 0',
    borderTop: `1px solid ${line}`,
    fontSize: '14px',
    fontWeight: 400,
    lineHeight: '20px',
    textAlign: 'left',
    verticalAlign: 'top',
    ...more,
  }
}

/** What every mail looks like. */
export function Mail({ mail }: { mail: ComposedMail }) {
  return (
    <Html lang={mail.language}>
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{mail.subject}</title>
        <style>{NIGHT}</style>
      </Head>
      <Preview>{mail.meaning}</Preview>
      <Body className="page" style={styles.body}>
        <Container className="card" style={styles.card}>
          <Text className="accent" style={styles.brand}>
            Fenicia
          </Text>
          <Text style={styles.text}>{mail.greeting}</Text>
          <Heading as="h1" style={styles.heading}>
            {mail.heading}
          </Heading>
          <Text style={styles.text}>{mail.meaning}</Text>
          <table style={styles.table}>
            <tbody>
              {mail.facts.map(({ label, value }) => (
                <tr key={label}>
                  <th scope="row" className="muted line" style={styles.label}>
                    {label}
                  </th>
                  <td className="line" style={styles.value}>
                    {value}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {mail.list.length > 0 ? (
            <table style={styles.table}>
              <tbody>
                {mail.list.map(({ name, detail, href }) => (
                  <tr key={href}>
                    <td className="line" style={styles.value}>
                      <a href={href} className="ink" style={styles.link}>
                        {name}
                      </a>
                      <br />
                      <span className="muted" style={styles.detail}>
                        {detail}
                      </span>
                    </td>
                  </tr>
                ))}
                {mail.more ? (
                  <tr>
                    <td className="line" style={styles.value}>
                      {mail.more}
                    </td>
                  </tr>
                ) : null}
              </tbody>
            </table>
          ) : null}
          <Button href={mail.button.href} className="button" style={styles.button}>
            {mail.button.label}
          </Button>
          <Hr className="line" style={styles.rule} />
          <Text className="muted" style={styles.footer}>
            {mail.footer.why}
            {mail.footer.choose ? (
              <>
                {' '}
                <a href={mail.footer.choose.href} className="muted" style={{ color: muted }}>
                  {mail.footer.choose.label}
                </a>
              </>
            ) : null}
          </Text>
        </Container>
      </Body>
    </Html>
  )
}

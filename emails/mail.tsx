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

// Styles stand at the elements, since many readers drop style sheets. No image, no font, nothing that is fetched: a mail
// that is opened tells nobody.
const ink = '#221d20'
const muted = '#6b6367'
const accent = '#7b155c'
const line = '#e6e0e3'

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
        <title>{mail.subject}</title>
      </Head>
      <Preview>{mail.meaning}</Preview>
      <Body style={styles.body}>
        <Container style={styles.card}>
          <Text style={styles.brand}>Fenicia</Text>
          <Text style={styles.text}>{mail.greeting}</Text>
          <Heading as="h1" style={styles.heading}>
            {mail.heading}
          </Heading>
          <Text style={styles.text}>{mail.meaning}</Text>
          <table style={styles.table}>
            <tbody>
              {mail.facts.map(({ label, value }) => (
                <tr key={label}>
                  <th scope="row" style={styles.label}>
                    {label}
                  </th>
                  <td style={styles.value}>{value}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {mail.list.length > 0 ? (
            <table style={styles.table}>
              <tbody>
                {mail.list.map(({ name, detail, href }) => (
                  <tr key={href}>
                    <td style={styles.value}>
                      <a href={href} style={styles.link}>
                        {name}
                      </a>
                      <br />
                      <span style={styles.detail}>{detail}</span>
                    </td>
                  </tr>
                ))}
                {mail.more ? (
                  <tr>
                    <td style={styles.value}>{mail.more}</td>
                  </tr>
                ) : null}
              </tbody>
            </table>
          ) : null}
          <Button href={mail.button.href} style={styles.button}>
            {mail.button.label}
          </Button>
          <Hr style={styles.rule} />
          <Text style={styles.footer}>
            {mail.footer.why}
            {mail.footer.choose ? (
              <>
                {' '}
                <a href={mail.footer.choose.href} style={{ color: muted }}>
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

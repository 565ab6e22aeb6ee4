// The client of the HTTP interface: one place for session, language, versions, idempotency and problems.
import { reactive } from 'vue'
import { language, t } from './i18n'

export type Json = any // answers are shaped by the server's own declarations

export class Problem extends Error {
  constructor(public status: number, public body: Json) {
    super(body?.detail || body?.title || String(status))
  }
  get errors(): { pointer: string; message: string }[] {
    return this.body?.errors ?? []
  }
}

export const session = reactive({ known: false, account: null as Json, assignments: [] as Json[], csrf: '', expired: false })
export const meta = reactive({ demo: false, accounts: [] as Json[], today: '', now: '', clock: false, district: '' })

export async function call(method: string, path: string, body?: Json, headers: Record<string, string> = {}): Promise<Json> {
  let answer: Response
  try {
    answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      'Accept-Language': language.value,
      ...(body === undefined ? {} : { 'Content-Type': body instanceof Blob ? 'application/octet-stream' : 'application/json' }),
      ...(session.csrf ? { 'X-CSRF-Token': session.csrf } : {}),
      ...headers,
    },
    body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    })
  } catch {
    throw new Problem(0, { detail: t('offline') }) // nothing was sent, or nothing came back: what was typed stays
  }
  const text = await answer.text()
  let value: Json = text
  try {
    value = text ? JSON.parse(text) : null
  } catch {
    // a text answer stays a text
  }
  if (!answer.ok) {
    if (answer.status === 401 && session.account) session.expired = true
    throw new Problem(answer.status, value)
  }
  return value
}

// A refresh in the background: the next one will do where this one finds no network.
export const quietly = (work: Promise<unknown>) => work.catch(() => undefined)
export const get = (path: string, query: Record<string, string | number | undefined> = {}) => {
  const text = new URLSearchParams(Object.entries(query).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, String(v)]]))).toString()
  return call('GET', text ? `${path}${path.includes('?') ? '&' : '?'}${text}` : path)
}
export const sendFile = (file: Blob, name: string) => call('POST', `/api/v1/attachments?name=${encodeURIComponent(name)}`, file)
export const key = () => crypto.randomUUID()

export async function loadMeta() {
  const m = await call('GET', '/api/v1/meta')
  Object.assign(meta, { demo: m.demo, accounts: m.demo_accounts ?? [], today: m.today, now: m.now, clock: m.business_clock, district: m.district.name })
}
function take(s: Json) {
  Object.assign(session, { known: true, account: s.account, assignments: s.assignments, csrf: s.csrf, expired: false })
}
export async function loadSession() {
  try {
    take(await call('GET', '/api/v1/session'))
  } catch {
    session.known = true
  }
}
export async function signIn(username: string, password: string, otp?: string) {
  take(await call('POST', '/api/v1/session', { username, password, ...(otp ? { otp } : {}) }))
}
export async function signOut() {
  await call('DELETE', '/api/v1/session')
  Object.assign(session, { account: null, csrf: '', assignments: [] })
}

// Times are shown in the district's zone, whatever the zone of the machine.
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })
export const localTime = (instant: string) => clock.format(new Date(instant))

// What a scanned code says: a GS1 Digital Link, GS1 element strings (with brackets as printed, or with group separators as in a
// DataMatrix), a bare EAN, an address of this system, or just its text. Pure.
export interface Code {
  text: string;
  gtin?: string;
  lot?: string;
  serial?: string;
  gln?: string;
  link?: string;
  page?: string;
}

// Identifiers of which the length is fixed; all others end at a separator.
const fixed: Record<string, number> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '11': 6,
  '13': 6,
  '15': 6,
  '17': 6,
  '410': 13,
  '414': 13,
  '416': 13,
};
const names: Record<string, 'gtin' | 'lot' | 'serial' | 'gln'> = {
  '01': 'gtin',
  '10': 'lot',
  '21': 'serial',
  '414': 'gln',
};

export function checkDigitHolds(digits: string): boolean {
  const sum = [...digits].reverse().reduce((n, d, i) => n + Number(d) * (i % 2 ? 3 : 1), 0);
  return sum % 10 === 0;
}
function elements(text: string): [string, string][] {
  const printed = [...text.matchAll(/\((\d{2,4})\)([^(]+)/g)].map((m): [string, string] => [m[1] ?? '', m[2] ?? '']);
  if (printed.length && printed.map(([k, v]) => `(${k})${v}`).join('') === text) return printed;
  let rest = text.replace(/^\](?:d2|Q3|C1|e0)/, '').replace(/^\x1d/, '');
  if (!/^01\d{14}/.test(rest)) return [];
  const found: [string, string][] = [];
  while (rest) {
    const key = [rest.slice(0, 3), rest.slice(0, 2)].find((k) => k in fixed) ?? rest.match(/^(?:10|21|37|30|240)/)?.[0];
    if (!key) return [];
    const size = fixed[key];
    const end = size !== undefined ? key.length + size : rest.includes('\x1d') ? rest.indexOf('\x1d') : rest.length;
    found.push([key, rest.slice(key.length, end)]);
    rest = rest.slice(end).replace(/^\x1d/, '');
  }
  return found;
}
export function readCode(raw: string, origin = ''): Code {
  const text = raw.trim();
  const code: Code = { text };
  let parts: [string, string][] = [];
  if (/^https?:\/\//i.test(text)) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const steps = url?.pathname.split('/').filter(Boolean) ?? [];
    const at = steps.findIndex((s, i) => (s === '01' || s === '414') && /^\d{8,14}$/.test(steps[i + 1] ?? ''));
    if (at >= 0)
      for (let i = at; i + 1 < steps.length; i += 2)
        parts.push([steps[i] ?? '', decodeURIComponent(steps[i + 1] ?? '')]);
    else if (url && url.origin === origin) code.page = url.pathname + url.search;
  } else if (/^(?:\d{8}|\d{12,14})$/.test(text) && checkDigitHolds(text)) parts = [['01', text]];
  else parts = elements(text);
  for (const [key, value] of parts) {
    const name = names[key];
    if (name) code[name] = value;
  }
  if (code.gtin) code.gtin = code.gtin.padStart(14, '0');
  if (code.gtin && code.lot) code.link = `https://id.gs1.org/01/${code.gtin}/10/${encodeURIComponent(code.lot)}`;
  return code;
}
// What is looked for: the lot where one is named, else the number, else the text as it stands.
export const searchOf = (code: Code) => code.lot ?? code.gtin ?? code.gln ?? code.text;
// What a field that asks for a code is filled with; undefined: the field asks for no code.
const fields: Record<string, (c: Code) => string | undefined> = {
  gtin: (c) => c.gtin,
  gln: (c) => c.gln,
  lot: (c) => c.lot,
  serial: (c) => c.serial,
  lots: (c) => c.link,
  item: (c) => c.link,
  gap_item: (c) => c.link,
  batches: (c) => c.lot,
};
const plain = [
  'credit_code',
  'device_code',
  'registration_code',
  'permit_number',
  'certificate_number',
  'seal_number',
  'sample_number',
  'sampling_form_number',
  'document_number',
  'report_number',
];
export const takesCode = (field: string) => field in fields || plain.includes(field);
export const fillOf = (field: string, code: Code) => fields[field]?.(code) ?? code.text;

// What is typed into a declared form: the shapes of values, and how each is read whatever stands in a draft of an older day.
// Pure; knows no kind and no room.
import type { components } from './api.generated';

export type Value = undefined | null | string | number | boolean | Value[] | { [name: string]: Value };
export type Values = Record<string, Value>;
export type Quantity = { value: string; unit: string };
export interface Named {
  id: string;
  name: string;
}
export interface Person extends Named {
  role_label: string;
}
// A field as the server declares it; a form of the interface's own needs no more than name, label and type.
type Declared = components['schemas']['FormField'];
export type FormField = Pick<Declared, 'name' | 'label' | 'type'> &
  Partial<Omit<Declared, 'columns'>> & { columns?: FormField[] | null };

export const isRecord = (v: unknown): v is Record<string, Value> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);
export const asText = (v: unknown): string => (typeof v === 'string' || typeof v === 'number' ? String(v) : '');
export const asList = (v: unknown): string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string') : [];
export const asRows = (v: unknown): Values[] => (Array.isArray(v) ? v.filter(isRecord) : []);
export const asQuantity = (v: unknown): Quantity =>
  isRecord(v) ? { value: asText(v.value), unit: asText(v.unit) } : { value: '', unit: '' };
// How far a form is filled in, for the list of its fields beside it.
export interface Progress {
  fields: { name: string; label: string; optional: boolean; filled: boolean; error?: string }[];
  filled: number;
  total: number;
  saved: string; // the time of the day, or empty
}
// A copy that shares nothing with the original; values are JSON, so that this is whole.
export const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

// Nothing was given: no text, no row with anything in it. `false` is an answer.
export const blank = (v: Value): boolean =>
  v === undefined ||
  v === '' ||
  v === null ||
  (Array.isArray(v) ? v.every(blank) : isRecord(v) && Object.values(v).every(blank));
// What is sent: without what is blank, and without blank rows and cells.
export const filled = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values)
      .map(([name, v]): [string, Value] => [name, Array.isArray(v) ? v.filter((row) => !blank(row)).map(trimmed) : v])
      .filter(([, v]) => !blank(v)),
  );
const trimmed = (row: Value): Value =>
  isRecord(row) ? Object.fromEntries(Object.entries(row).filter(([, cell]) => !blank(cell))) : row;

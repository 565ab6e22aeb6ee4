// Texts of the interface in three languages. The kit brings the words that belong to no room; the desk and each room add theirs to
// the same table (`addWords`), so that a sentence is said in one way wherever it comes from. tests/unit.mjs checks that each table
// has the same keys and placeholders in all three languages, and that no key is defined twice.
import { ref } from 'vue';
import en from './en';
import hans from './zh-Hans';
import hant from './zh-Hant';

export type Language = 'zh-Hans' | 'zh-Hant' | 'en';
export type Words<Key extends string = string> = Record<Key, string>;
type Values = Record<string, string | number>;
const tables: Record<Language, Words> = { 'zh-Hans': { ...hans }, 'zh-Hant': { ...hant }, en: { ...en } };
const stored = localStorage.getItem('language') as Language | null;
export const language = ref<Language>(stored && stored in tables ? stored : 'zh-Hans');
export function setLanguage(wanted: Language) {
  language.value = wanted;
  localStorage.setItem('language', wanted);
  document.documentElement.lang = wanted;
}
// The text of a key that is known at run time only, such as the title of a route.
export function textOf(key: string, values: Values = {}): string {
  let text = tables[language.value][key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, String(value));
  return text;
}
export type KitKey = keyof typeof hans;
export const t = (key: KitKey, values?: Values) => textOf(key, values);
// Adds words to the table and returns the `t` that knows them beside the words of the kit. A language that lacks a key of the
// first does not compile.
export function addWords<Key extends string>(simplified: Words<Key>, traditional: Words<Key>, english: Words<Key>) {
  Object.assign(tables['zh-Hans'], simplified);
  Object.assign(tables['zh-Hant'], traditional);
  Object.assign(tables.en, english);
  return (key: Key | KitKey, values?: Values) => textOf(key, values);
}

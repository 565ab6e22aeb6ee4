// Texts of the interface in three languages. Keys are checked to be the same in all three by tests/unit.mjs.
import { ref } from 'vue';
import en from './en';
import hans from './zh-Hans';
import hant from './zh-Hant';

export type Language = 'zh-Hans' | 'zh-Hant' | 'en';
const tables = { 'zh-Hans': hans, 'zh-Hant': hant, en };
const stored = localStorage.getItem('language') as Language | null;
export const language = ref<Language>(stored && stored in tables ? stored : 'zh-Hans');
export function setLanguage(wanted: Language) {
  language.value = wanted;
  localStorage.setItem('language', wanted);
  document.documentElement.lang = wanted;
}
export function t(key: keyof typeof hans, values: Record<string, string | number> = {}): string {
  let text: string = tables[language.value][key] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, String(value));
  return text;
}

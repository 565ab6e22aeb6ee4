// The words of the desk, and the `t` that says them.
import { addWords } from '../../kit/i18n';
import en from './en';
import hans from './zh-Hans';
import hant from './zh-Hant';

export const t = addWords(hans, hant, en);

// The words of this room, and the `t` that says them.
import { addWords } from '../../../kit/i18n';
import en from './en';
import names from './names';
import hans from './zh-Hans';
import hant from './zh-Hant';

export const t = addWords({ ...names['zh-Hans'], ...hans }, { ...names['zh-Hant'], ...hant }, { ...names.en, ...en });

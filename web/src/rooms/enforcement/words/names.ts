// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    gates: '五不放过',
  },
  'zh-Hant': {
    gates: '五不放過',
  },
  en: {
    gates: 'The five gates',
  },
};

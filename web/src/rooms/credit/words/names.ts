// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    credit: '信用',
  },
  'zh-Hant': {
    credit: '信用',
  },
  en: {
    credit: 'Credit',
  },
};

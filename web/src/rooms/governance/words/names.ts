// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    statements: '引用指标核对',
    overview: '区情总览',
  },
  'zh-Hant': {
    statements: '引用指標核對',
    overview: '區情總覽',
  },
  en: {
    statements: 'Quoted figures',
    overview: 'Overview',
  },
};

// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    importTitle: '导入登记数据',
  },
  'zh-Hant': {
    importTitle: '匯入登記資料',
  },
  en: {
    importTitle: 'Import a registry',
  },
};

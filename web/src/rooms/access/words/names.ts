// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    filePermits: '许可认证',
  },
  'zh-Hant': {
    filePermits: '許可認證',
  },
  en: {
    filePermits: 'Permits and certificates',
  },
};

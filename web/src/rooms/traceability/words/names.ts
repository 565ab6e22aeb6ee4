// The words of this room that stand outside of its pages: titles and entries of the rail. They are at hand before its pages are.
export default {
  'zh-Hans': {
    lots: '批次',
    trace: '追溯',
    balance: '召回平衡',
    lotTrace: '批次追溯',
    goodsBook: '进出货台账',
    sourcesTitle: '溯源排查',
  },
  'zh-Hant': {
    lots: '批次',
    trace: '追溯',
    balance: '召回平衡',
    lotTrace: '批次追溯',
    goodsBook: '進出貨臺賬',
    sourcesTitle: '溯源排查',
  },
  en: {
    lots: 'Lots',
    trace: 'Trace',
    balance: 'Recall balance',
    lotTrace: 'Lots and traces',
    goodsBook: 'Goods book',
    sourcesTitle: 'Source finding',
  },
};

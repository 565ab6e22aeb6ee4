import { icons } from '../../kit/icons';
import type { Room } from '../../kit/room';
import names from './words/names';

export const traceability: Room = {
  room: 'traceability',
  icons: {
    traceability: icons.flow,
    lots: 'M8 1.8l5.6 3v6.4L8 14.2l-5.6-3V4.8zM2.6 4.9L8 7.8l5.4-2.9M8 7.8V14',
    goods: 'M3 2.5h10v11H3zM5.5 6h5M5.5 8.5h3M9 11.6l1.2 1.1 2-2.3',
  },
  names,
  routes: [
    { path: '/trace', component: () => import('./pages/TracePage.vue'), meta: { title: 'trace' } },
    { path: '/sources', component: () => import('./pages/SourcesPage.vue'), meta: { title: 'sourcesTitle' } },
    { path: '/goods', component: () => import('./pages/GoodsPage.vue'), meta: { title: 'goodsBook', list: true } },
  ],
  rail: [
    {
      group: 'work',
      order: 10,
      to: '/goods',
      icon: 'goods',
      label: 'goodsBook',
      who: (reader) => reader.keeps,
      quick: { order: -10 },
    },
    {
      group: 'work',
      order: 20,
      to: '/trace',
      icon: 'lots',
      label: 'lotTrace',
      quick: { order: 10, icon: 'traceability', label: 'trace' },
    },
  ],
  matterParts: [
    {
      id: 'balance',
      label: 'balance',
      beside: false,
      shows: (view) => !!view.balance,
      component: () => import('./parts/BalancePart.vue'),
    },
    {
      id: 'lots',
      label: 'trace',
      beside: true,
      shows: (view) => !!view.trace,
      component: () => import('./parts/LotsPart.vue'),
    },
  ],
  fileParts: [
    {
      id: 'lots',
      label: 'lots',
      order: 10,
      count: (file) => file.lots.length,
      component: () => import('./parts/LotsOnFile.vue'),
    },
  ],
  operatorLinks: [{ icon: 'goods', label: 'goodsBook', to: (operator) => ({ path: '/goods', query: { operator } }) }],
  ways: { lot: (item) => ({ path: '/trace', query: { item } }) },
  keptForms: ['/api/v1/goods-offers'],
  warnings: ['recall'],
};

import type { Room } from '../../kit/room';
import names from './words/names';

export const governance: Room = {
  room: 'governance',
  icons: {
    governance: 'M3.5 14V2.2M3.5 3c3-1.3 5.5 1.3 9 0v6.2c-3.5 1.3-6-1.3-9 0',
    overview: 'M2 13.5h12M4.5 11V8M8 11V4M11.5 11V6.5',
    statements: 'M2.5 3h11v7.5H8L5 13.2v-2.7H2.5zM5.2 6h5.6M5.2 8h3.6',
  },
  names,
  routes: [
    { path: '/overview', component: () => import('./pages/OverviewPage.vue'), meta: { title: 'overview', list: true } },
    { path: '/statements', component: () => import('./pages/StatementsPage.vue'), meta: { title: 'statements' } },
  ],
  rail: [
    // The people of an operator see their own; figures are of territories.
    {
      group: 'top',
      order: 0,
      to: '/overview',
      icon: 'overview',
      label: 'overview',
      who: (reader) => reader.supervises,
    },
    { group: 'basis', order: -10, to: '/statements', icon: 'statements', label: 'statements' },
  ],
};

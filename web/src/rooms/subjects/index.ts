import { icons } from '../../kit/icons';
import type { Room } from '../../kit/room';
import names from './words/names';

export const subjects: Room = {
  room: 'subjects',
  icons: {
    subjects: icons.operator,
  },
  names,
  routes: [
    {
      path: '/operators',
      component: () => import('./pages/OperatorsPage.vue'),
      meta: { title: 'operators', list: true },
    },
    { path: '/operators/:id', component: () => import('./pages/OperatorPage.vue'), meta: { title: 'operators' } },
    { path: '/import', component: () => import('./pages/ImportPage.vue'), meta: { title: 'importTitle' } },
  ],
  rail: [
    {
      group: 'work',
      order: -10,
      to: '/operators',
      icon: 'operator',
      label: 'operators',
      insteadOf: 'subjects',
      quick: { order: -10, who: (reader) => !reader.keeps },
    },
  ],
};

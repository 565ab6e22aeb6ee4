import type { Room } from '../../kit/room';
import names from './words/names';

export const enforcement: Room = {
  room: 'enforcement',
  icons: {
    enforcement: 'M8 2v11.5M4.5 13.5h7M3 5h10M3 5l-1.5 4h3zM13 5l-1.5 4h3z',
  },
  names,
  matterParts: [
    {
      id: 'gates',
      label: 'gates',
      beside: false,
      shows: (view) => !!view.gates,
      component: () => import('./parts/GatesPart.vue'),
    },
  ],
  warnings: ['enforcement_case', 'coercive_measure'],
};

import type { Room } from '../../kit/room';
import names from './words/names';

export const credit: Room = {
  room: 'credit',
  icons: {
    credit: 'M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3l-3.7 2 .8-4.1L2 6.3l4.2-.5z',
  },
  names,
  fileParts: [
    {
      id: 'credit',
      label: 'credit',
      order: 20,
      count: (file) => file.credit.length,
      component: () => import('./parts/CreditOnFile.vue'),
      cell: () => import('./parts/CreditCell.vue'),
    },
  ],
  warnings: ['credit_listing'],
};

import type { Room } from '../../kit/room';
import names from './words/names';

export const access: Room = {
  room: 'access',
  icons: {
    access: 'M3 2.5h10v11H3zM5.5 6h5M5.5 8.5h3M9 11.6l1.2 1.1 2-2.3',
  },
  names,
  fileParts: [
    {
      id: 'permits',
      label: 'filePermits',
      order: -10,
      count: (file) => file.permits.length + file.certifications.length,
      component: () => import('./parts/PapersOnFile.vue'),
      cell: () => import('./parts/PermitCell.vue'),
    },
  ],
};

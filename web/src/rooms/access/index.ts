import type { Room } from '../../kit/room';

export const access: Room = {
  room: 'access',
  icons: {
    access: 'M3 2.5h10v11H3zM5.5 6h5M5.5 8.5h3M9 11.6l1.2 1.1 2-2.3',
  },
};

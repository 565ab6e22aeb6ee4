import type { Room } from '../../kit/room';

export const inspection: Room = {
  room: 'inspection',
  icons: {
    inspection: 'M4 3.2h8v10.3H4zM6 2h4v2.2H6zM6 8.8l1.4 1.4 2.7-2.8',
  },
};

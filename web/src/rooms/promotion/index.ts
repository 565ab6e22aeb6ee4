import type { Room } from '../../kit/room';

export const promotion: Room = {
  room: 'promotion',
  icons: {
    promotion: 'M8 9.5a3.6 3.6 0 100-7.2 3.6 3.6 0 000 7.2zM5.8 9l-1 5L8 12.4l3.2 1.6-1-5',
  },
};

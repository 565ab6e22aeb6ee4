import type { Room } from '../../kit/room';

export const standards: Room = {
  room: 'standards',
  icons: {
    standards: 'M2.5 11.5l9-9 2 2-9 9zM6 8.2l1.2 1.2M8 6.2l1.2 1.2',
  },
};

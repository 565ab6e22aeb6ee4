import type { Room } from '../../kit/room';

export const sampling: Room = {
  room: 'sampling',
  icons: {
    sampling: 'M6.3 2h3.4M7 2v4.2l-3.6 6.3c-.3.6 0 1.2.7 1.2h7.8c.7 0 1-.6.7-1.2L9 6.2V2M5.2 10h5.6',
  },
};

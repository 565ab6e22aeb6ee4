import type { Room } from '../../kit/room';

export const publicity: Room = {
  room: 'publicity',
  icons: {
    publicity: 'M2.2 6.3v3.4h2.3L11 12.9V3.1L4.5 6.3zM13 6.2c.9 1 .9 2.6 0 3.6',
    portal:
      'M8 14A6 6 0 108 2a6 6 0 000 12zM2 8h12M8 2c2 1.7 2.6 3.7 2.6 6S10 12.3 8 14M8 2C6 3.7 5.4 5.7 5.4 8S6 12.3 8 14',
  },
  // The portal is made by the server for people without an account: it stands outside of this interface.
  rail: [{ group: 'basis', order: 10, to: '/public', leaves: true, icon: 'portal', label: 'portal' }],
};

import { icons } from '../../kit/icons';
import type { Room } from '../../kit/room';

export const risk: Room = {
  room: 'risk',
  icons: {
    risk: icons.warning,
  },
};

// How a state is shown. The tone of each is declared in the tables of procedures and comes with the answer; here it gets its colour.
import type { Shape } from './api';

export type Tone = Shape<'Tone'>;
export const colourOf: Record<Tone, 'blue' | 'orange' | 'green' | 'red' | ''> = {
  running: 'blue',
  caution: 'orange',
  good: 'green',
  bad: 'red',
  ended: '',
};

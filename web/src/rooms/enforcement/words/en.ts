export default {
  exceptionLine: 'Exception {state}: {who}; review on {on}',
  exception_asked: 'asked for',
  exception_opined: 'with an opinion',
  exception_approved: 'approved',
  exception_refused: 'refused',
};

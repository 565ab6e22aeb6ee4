export default {
  permits: 'Permits',
  fileTerm: 'Term',
  fileUntil: 'until {d}',
};

export default {
  fileBad: '{n} bad records',
  fileNoBad: 'No bad record',
};

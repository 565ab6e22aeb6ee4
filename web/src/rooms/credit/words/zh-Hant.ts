export default {
  fileBad: '不良記錄 {n} 條',
  fileNoBad: '無不良記錄',
};

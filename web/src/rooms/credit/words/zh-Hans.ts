export default {
  fileBad: '不良记录 {n} 条',
  fileNoBad: '无不良记录',
};

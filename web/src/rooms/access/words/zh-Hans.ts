export default {
  permits: '许可',
  fileTerm: '有效期',
  fileUntil: '至 {d}',
};

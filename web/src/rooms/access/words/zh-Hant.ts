export default {
  permits: '許可',
  fileTerm: '有效期',
  fileUntil: '至 {d}',
};

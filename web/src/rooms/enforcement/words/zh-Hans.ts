export default {
  exceptionLine: '例外{state}：{who}；复查日期 {on}',
  exception_asked: '已申请',
  exception_opined: '已有意见',
  exception_approved: '已批准',
  exception_refused: '未获批准',
};

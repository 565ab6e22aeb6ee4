export default {
  exceptionLine: '例外{state}：{who}；複查日期 {on}',
  exception_asked: '已申請',
  exception_opined: '已有意見',
  exception_approved: '已批准',
  exception_refused: '未獲批准',
};

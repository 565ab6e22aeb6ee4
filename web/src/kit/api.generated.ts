// Made by `npm run api` from `zhian openapi`; do not edit.
export interface paths {
    "/api/v1/meta": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 系统与演示信息 */
        get: operations["getMeta"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 当前会话 */
        get: operations["getSession"];
        put?: never;
        /** 登录 */
        post: operations["signIn"];
        /** 退出 */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 改密码 */
        post: operations["changePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 启用第二因素 */
        post: operations["startSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/totp/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 确认第二因素 */
        post: operations["confirmSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 房间与待办数 */
        get: operations["getRail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/duties": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 我的待办 */
        get: operations["listDuties"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 规则与依据 */
        get: operations["listRules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 事项列表 */
        get: operations["listMatters"];
        put?: never;
        /** 新建事项 */
        post: operations["createMatter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 事项 */
        get: operations["getMatter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/actions/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 办理一步 */
        post: operations["act"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/duties/{duty}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 延长期限 */
        post: operations["extendDuty"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 记录 */
        post: operations["addNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/approvals/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 覆核 */
        post: operations["decideApproval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/kinds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可办事项 */
        get: operations["listKinds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/procedures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 流程总表 */
        get: operations["listProcedures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/procedures/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 流程 */
        get: operations["getProcedure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/procedures/{kind}/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 步骤的条件、依据与案例 */
        get: operations["explainStep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 上传附件 */
        post: operations["putAttachment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments/{sha256}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 附件 */
        get: operations["getAttachment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 文书（打印页；加 .pdf 为 PDF） */
        get: operations["getDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/drafts/{action}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 文书草稿（打印页；加 .pdf 为 PDF） */
        get: operations["getDraft"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/papers/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 全卷：目录、办理过程和全部文书（file.html、file.pdf） */
        get: operations["getMatterFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 导出列表（CSV、XLSX） */
        get: operations["exportList"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可导入的登记数据 */
        get: operations["listImports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 导入登记数据 */
        post: operations["import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 账本 */
        get: operations["getLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 账本条目 */
        get: operations["listLedgerEntries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{id}/steps/{step}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 一步办理的账本证明 */
        get: operations["proveStep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/entries/{index}/proof": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 条目证明 */
        get: operations["proveLedgerEntry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 业务时钟 */
        get: operations["getClock"];
        put?: never;
        /** 演示时钟前进 */
        post: operations["advanceClock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 实时更新 */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/map": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 乡镇示意图 */
        get: operations["getMap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 人员 */
        get: operations["listPeople"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jurisdictions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 辖区 */
        get: operations["listJurisdictions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 接口说明 */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 通知 */
        get: operations["listNotices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notices/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 标为已读 */
        post: operations["markNoticesRead"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 在此可办的新事项 */
        get: operations["whatStartsHere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/start/form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 新事项的第一步，已带出在档内容 */
        get: operations["startForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 全局搜索：主体、事项、批次、文书 */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 主体列表 */
        get: operations["listOperators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator-types": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 主体类型 */
        get: operations["listOperatorTypes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 一企一档 */
        get: operations["getOperator"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 一企一档的动态 */
        get: operations["getOperatorTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operators/{id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 在档案中登记 */
        post: operations["enterRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/records/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 一条登记的历次版本 */
        get: operations["getRecord"];
        put?: never;
        /** 变更或终止登记 */
        post: operations["changeRecord"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 追溯 */
        get: operations["getTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace-common": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 几个批次的共同来源 */
        get: operations["getCommonAncestors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace-balance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 批次、场所、经营者的物料平衡 */
        get: operations["getMassBalance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 导出追溯（CSV、XLSX、PDF 报告） */
        get: operations["exportTrace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/lots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 批次 */
        get: operations["listLots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace-rights": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 可以溯源排查、模拟召回吗 */
        get: operations["getTraceRights"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/capture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 导入 EPCIS 事件 */
        post: operations["capture"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holdings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 登记持有情况 */
        post: operations["recordHolding"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 进出货台账 */
        get: operations["listGoods"];
        put?: never;
        /** 登记一笔进出货 */
        post: operations["enterGoods"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods-offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 台账可带出的内容 */
        get: operations["offerGoods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods-partners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 查找供货者、购货者 */
        get: operations["findPartners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods-check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 进货检查验收 */
        get: operations["checkGoods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 撤回一笔登记 */
        post: operations["withdrawGoods"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/goods/{id}/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 承诺达标合格证 */
        get: operations["goodsCertificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mock-recalls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 做过的模拟召回 */
        get: operations["listMockRecalls"];
        put?: never;
        /** 模拟召回 */
        post: operations["runMockRecall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/mock-recalls/{id}/report.pdf": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 模拟召回报告 */
        get: operations["mockRecallReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace-sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** 溯源排查：按病例推断最可能的来源 */
        post: operations["findSources"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trace-sources/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 溯源排查所用的供应网络和病例（network.csv、cases.csv） */
        get: operations["exportSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 指标目录 */
        get: operations["listFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 指标 */
        get: operations["getFigure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures/{id}/records": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 指标的记录 */
        get: operations["getFigureRecords"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 引用指标核对 */
        get: operations["listStatements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** 区情总览 */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            id: string;
            name: string;
            username: string;
            lang: string;
        };
        Action: {
            action: string;
            label: string;
            allowed: boolean;
            has_role: boolean;
            reasons: string[];
            who: string[];
            who_names: string[];
            needs_second: boolean;
            fields: components["schemas"]["FormField"][];
            guards: {
                id: string;
                label: string;
                /** @enum {string} */
                how: "code" | "second" | "fields";
            }[];
            document: {
                kind: string;
                label: string;
            } | null;
            closing: boolean;
            primary: boolean;
            common: boolean;
        };
        Approval: {
            id: string;
            action: string;
            label: string;
            asked_by: string;
            /** Format: date-time */
            asked_at: string;
            can_confirm: boolean;
        };
        ApprovalAsked: {
            approval_id: string;
            message: string;
        };
        Assignment: {
            role: components["schemas"]["RoleId"];
            role_label: string;
            jurisdiction: components["schemas"]["NamedThing"] | null;
            body: components["schemas"]["NamedThing"] | null;
            operator: components["schemas"]["NamedThing"] | null;
            on_behalf_of: string | null;
        };
        Attachment: {
            sha256: string;
            name: string;
            media_type: string;
            size: number;
            /** Format: date-time */
            at: string;
            transition_id: string;
        };
        Balance: {
            unit: string;
            /** @description null: there is nothing to balance yet */
            P: number | null;
            K?: number;
            V?: number;
            X?: number;
            L?: number;
            C?: number;
            Chat?: number;
            W?: number;
            U?: number;
            effective_rate?: number | null;
            checks?: {
                /** @enum {string} */
                id: "R1" | "R2" | "R3" | "R4";
                label: string;
                holds: boolean;
                open_items: string[];
                exceptions: components["schemas"]["GateException"][];
            }[];
            effect: {
                consignees: number;
                drawn: string[];
                left: string[];
                ineffective: string[];
            } | null;
            consignees: {
                name: string;
                notice: string;
                answered: boolean;
                attempts: number;
                received: number | null;
                held: number | null;
                sold: number | null;
                returned: number | null;
                destroyed: number | null;
            }[];
        };
        CaptureReport: {
            events: number;
            captured: number;
            duplicates: number;
            rejected: number;
            errors: {
                event: number;
                path: string;
                message: string;
            }[];
        };
        CheckPoint: {
            id: string;
            /** @enum {string} */
            verdict: "good" | "ask" | "stop";
            text: string;
            matter_id: string | null;
        };
        Choice: {
            value: string;
            label: string;
        };
        Clock: {
            /** Format: date-time */
            now: string;
            /** Format: date */
            today: string;
            can_advance: boolean;
        };
        CommonAncestors: {
            items: {
                id: string;
                item: string;
                place: string;
                place_name: string;
                operator: string | null;
                lots: number;
            }[];
            lots: number;
            reached_limit: boolean;
        };
        DeclaredDuty: {
            id: string;
            label: string;
            holder: string;
            chooses_by: string[];
            rules: components["schemas"]["Rule"][];
        };
        DemoAccount: {
            username: string;
            password: string;
            name: string;
            role_label: string;
        };
        Document: {
            id: string;
            kind: string;
            kind_label: string;
            number: string;
            withdrawn: boolean;
            /** Format: date-time */
            issued_at: string;
            public_code: string;
            sha256: string;
        };
        Duty: {
            id: string;
            duty: string;
            label: string;
            holder_role: components["schemas"]["RoleId"];
            holder_role_label: string;
            /** Format: date-time */
            limit_at: string | null;
            /** Format: date */
            limit_on: string | null;
            remaining: {
                /**
                 * @description working days, hours
                 * @enum {string}
                 */
                unit: "wd" | "h";
                /** @description less than 0: so long past its limit */
                n: number;
            } | null;
            /** @enum {string} */
            status: "open" | "suspended" | "done" | "done_late" | "lapsed" | "overdue";
            /** @enum {string} */
            urgency: "calm" | "soon" | "today" | "overdue" | "suspended";
            rule: components["schemas"]["Rule"] | null;
            no_rule: boolean;
            /**
             * @description why there is no limit: no rule for this case, no row of it on that day, or the event has not come yet
             * @enum {string|null}
             */
            no_limit: "no_rule" | "no_row" | "waits" | null;
            /** @description counted through a year whose holidays are not announced yet */
            uncertain: boolean;
            stopped_by: {
                ground: string;
                label: string;
            }[];
            /** Format: date-time */
            start_at: string;
        };
        DutyItem: {
            id: string;
            duty: string;
            label: string;
            holder_role: components["schemas"]["RoleId"];
            holder_role_label: string;
            /** Format: date-time */
            limit_at: string | null;
            /** Format: date */
            limit_on: string | null;
            remaining: {
                /**
                 * @description working days, hours
                 * @enum {string}
                 */
                unit: "wd" | "h";
                /** @description less than 0: so long past its limit */
                n: number;
            } | null;
            /** @enum {string} */
            status: "open" | "suspended" | "done" | "done_late" | "lapsed" | "overdue";
            /** @enum {string} */
            urgency: "calm" | "soon" | "today" | "overdue" | "suspended";
            rule: components["schemas"]["Rule"] | null;
            no_rule: boolean;
            /**
             * @description why there is no limit: no rule for this case, no row of it on that day, or the event has not come yet
             * @enum {string|null}
             */
            no_limit: "no_rule" | "no_row" | "waits" | null;
            /** @description counted through a year whose holidays are not announced yet */
            uncertain: boolean;
            stopped_by: {
                ground: string;
                label: string;
            }[];
            /** Format: date-time */
            start_at: string;
            matter: components["schemas"]["Matter"];
            /** @description the one step that closes the duty */
            action_hint: {
                action: string;
                label: string;
            } | null;
        };
        ExplainedGuard: {
            id: string;
            sentence: string;
            judged: string;
            ground: string;
            affirmed: boolean;
            fields: string[];
            looks: string[];
            cases: components["schemas"]["GuardCase"][];
        };
        ExplainedStep: {
            kind: string;
            action: string;
            label: string;
            from: string;
            to: string;
            who: string[];
            ground: string;
            guards: components["schemas"]["ExplainedGuard"][];
        };
        FieldValue: {
            name: string;
            label: string;
            type: string;
            /** @description as it is kept, of the shape of its type */
            value: unknown;
            text: string;
            rows: {
                columns: string[];
                rows: string[][];
            } | null;
        };
        Figure: {
            id: string;
            name: string;
            unit: string;
            direction: string;
            /** @description null: there is nothing to count of */
            value: number | null;
            value_text: string;
            numerator: number;
            /** @description of a rate */
            denominator: number | null;
            interval: {
                low: number;
                high: number;
                method: string;
            } | null;
            target: {
                value: string;
                matter_id: string;
            } | null;
            /** Format: date */
            as_of: string;
            period: {
                /** Format: date */
                from: string;
                /** Format: date */
                to: string;
            };
            /** @description too few for a rate to say much */
            small: boolean;
            /** @description there are more records than are counted */
            cut: boolean;
            numerator_text: string;
            denominator_text: string;
            note: string;
            records_href: string;
        };
        FigureInCatalogue: {
            id: string;
            name: string;
            unit: string;
            period: string;
            live: boolean;
            direction: string;
            note: string;
        };
        FigureRecord: {
            id: string;
            href: string;
            title: string;
            subtitle: string;
            /** @enum {string} */
            counted: "numerator" | "denominator";
        };
        FirstStep: {
            action: string;
            label: string;
            fields: components["schemas"]["FormField"][];
        };
        FormField: {
            name: string;
            label: string;
            /** @enum {string} */
            type: "text" | "longtext" | "date" | "datetime" | "integer" | "decimal" | "money" | "quantity" | "bool" | "choice" | "duty" | "officers" | "account" | "operator" | "matter" | "jurisdiction" | "file" | "files" | "items" | "code" | "rule" | "gln" | "identity";
            args: string;
            optional: boolean;
            /** @description what stands in the field now, of the shape of its type; null: nothing */
            value: unknown;
            hint: string | null;
            readonly_reason: string | null;
            /** @description of a choice */
            options: components["schemas"]["Choice"][] | null;
            /** @description of a list of rows */
            columns: components["schemas"]["FormField"][] | null;
            value_text?: string;
            filled_from?: string;
        };
        Found: {
            groups: components["schemas"]["HitGroup"][];
            /** @description false: what was written last is not in the index yet */
            complete: boolean;
        };
        Gate: {
            /** @enum {string} */
            gate: "G1" | "G2" | "G3" | "G4" | "G5";
            label: string;
            /** @enum {string} */
            status: "closed" | "open" | "excepted" | "not_applicable" | "stale";
            status_label: string;
            open_items: string[];
            /** @description who can mend the open item of the same place */
            supplied_by: string[];
            shown: string[];
            indicators: string[];
            inputs_digest: string;
            exceptions: components["schemas"]["GateException"][];
            /** Format: date-time */
            computed_at: string;
        };
        GateException: {
            state: string;
            ground: string;
            done: string;
            risk: string;
            measures: string;
            review_on: string;
            asked_name: string;
            asked_on: string;
            opinion: string;
            opinion_name: string;
            decided_name: string;
            decided_on: string;
        };
        Goods: {
            id: string;
            /** @enum {string} */
            act: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
            event_id: string;
            item: string;
            lot_no: string;
            product: string;
            quantity: string;
            unit: string;
            partner_name: string;
            partner_contact: string;
            entered_by: string;
            produced_on?: string;
            shelf_life_days?: string;
            certificate?: string;
            specification?: string;
            act_label: string;
            amount: string;
            partner_id: string | null;
            /** Format: date-time */
            at: string;
            /** Format: date-time */
            entered_at: string;
            /** Format: date */
            keep_until: string;
            withdrawn: boolean;
            may_withdraw: boolean;
            may_certify: boolean;
            withdrawn_because?: string;
            inputs?: components["schemas"]["GoodsInput"][];
            check?: components["schemas"]["CheckPoint"][];
        };
        GoodsCheck: {
            points: components["schemas"]["CheckPoint"][];
            stops: boolean;
            hazard: boolean;
        };
        GoodsEntry: {
            fields: {
                /** @enum {string} */
                act: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
                item?: string;
                lot_no?: string;
                product?: string;
                quantity: string | number;
                unit: string;
                partner_id?: string;
                partner_name?: string;
                partner_contact?: string;
                /** Format: date */
                produced_on?: string;
                shelf_life_days?: string | number;
                certificate?: string;
                specification?: string;
                /** Format: date-time */
                at?: string;
                inputs?: components["schemas"]["GoodsInput"][];
            };
            operator_id?: string | null;
            attachments?: string[];
        };
        GoodsInStock: {
            item: string;
            lot_no: string;
            product: string;
            left: string;
            unit: string;
            held: boolean;
        };
        GoodsInput: {
            item: string;
            quantity: string;
            unit: string;
        };
        GoodsOffers: {
            operator: {
                id: string;
                name: string;
                type: string;
            };
            may_write: boolean;
            /** @enum {string} */
            usual_act: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
            acts: {
                /** @enum {string} */
                value: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
                label: string;
            }[];
            units: string[];
            on_the_way: components["schemas"]["GoodsOnTheWay"][];
            stock: components["schemas"]["GoodsInStock"][];
            recent: components["schemas"]["RecentGoods"][];
        };
        GoodsOnTheWay: {
            item: string;
            lot_no: string;
            product: string;
            quantity: string;
            unit: string;
            partner_id: string | null;
            partner_name: string;
            /** Format: date-time */
            departed_at: string;
        };
        GuardCase: {
            says: string;
            holds: boolean;
            step: string;
            known_false: string;
        };
        HistoryStep: {
            id: string;
            /** Format: date-time */
            at: string;
            action: string;
            label: string;
            from_label: string;
            to_label: string;
            actor: string;
            on_behalf_of: string | null;
            second: string | null;
            note: string;
            ledger_index: number;
            document_id: string | null;
            changes: {
                field: string;
                label: string;
                before: string | null;
                after: string;
            }[];
        };
        Hit: {
            id: string;
            href: string;
            title: string;
            subtitle: string;
            room?: components["schemas"]["RoomId"];
        };
        HitGroup: {
            /** @description operator, matter, document, or a sort of thing that a room keeps: lot */
            kind: string;
            label: string;
            items: components["schemas"]["Hit"][];
        };
        ImportKind: {
            kind: string;
            label: string;
            columns: {
                title: string;
                options: string[] | null;
            }[];
        };
        ImportReport: {
            rows: number;
            accepted: number;
            refused: number;
            duplicates: number;
            dry_run: boolean;
            /** @description the first 500 */
            errors: {
                row: number;
                column: string;
                value: string;
                message: string;
            }[];
            /** @description what was refused, to be mended and sent again; empty where it is too long */
            refused_csv: string;
        };
        Jurisdiction: {
            id: string;
            name: string;
            level: string;
            parent: string;
            ended: boolean;
        };
        Kind: {
            kind: components["schemas"]["KindId"];
            label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            states: components["schemas"]["State"][];
            list: {
                name: string;
                label: string;
            }[];
            actions: components["schemas"]["FirstStep"][];
        };
        KindId: string;
        Ledger: {
            size: number;
            checkpoint: string;
            key: string;
        };
        LedgerEntry: {
            index: number;
            /** @description canonical JSON: sequence, time, kind of change, commitment */
            entry: {
                [key: string]: unknown;
            };
            label: string;
            erased: boolean;
        };
        LinkedMatter: {
            id: string;
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            number: string;
            title: string;
            state: string;
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            terminal: boolean;
            version: number;
            flags: {
                id: string;
                label: string;
            }[];
            listed: {
                name: string;
                label: string;
                text: string;
            }[];
            operator: components["schemas"]["NamedThing"] | null;
            jurisdiction: components["schemas"]["NamedThing"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
            /** @constant */
            relation: "linked";
        };
        ListedMatter: {
            id: string;
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            number: string;
            title: string;
            state: string;
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            terminal: boolean;
            version: number;
            flags: {
                id: string;
                label: string;
            }[];
            listed: {
                name: string;
                label: string;
                text: string;
            }[];
            operator: components["schemas"]["NamedThing"] | null;
            jurisdiction: components["schemas"]["NamedThing"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
            next_limit: components["schemas"]["Duty"] | null;
        };
        ListedOperator: {
            id: string;
            name: string;
            code: string;
            /** @enum {string} */
            type: "industrial" | "food_producer" | "workshop" | "shop" | "supermarket" | "market" | "restaurant" | "canteen" | "farm_household" | "cooperative" | "laboratory" | "other";
            staff: number;
            grade: string;
            state: string;
            matter_id: string;
            stopped: boolean;
            type_label: string;
            jurisdiction: components["schemas"]["NamedThing"];
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            /** @description 100: or more */
            open_matters: number;
        };
        ListedRule: {
            id: string;
            rule: string;
            value_text: string;
            unit: string;
            /** @description day, or empty where it has always held */
            from: string;
            /** @description last day, or empty where it still holds */
            to: string;
            source: string;
            confidence: string;
            to_verify: boolean;
            domain: string;
            /** @description its date is not verified: listed, never applied */
            inert: boolean;
        };
        Lot: {
            item: string;
            lot_no: string;
            product: string;
            operator: string;
            quantity: number;
            unit: string;
            held: boolean;
            /** Format: date-time */
            last_seen_at: string | null;
        };
        MassBalance: {
            unit: string;
            made: string;
            received: string;
            used: string;
            sent: string;
            remainder: string;
            holdings: number;
            not_converted: number;
            reached_limit: boolean;
        };
        Matter: {
            id: string;
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            number: string;
            title: string;
            state: string;
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            terminal: boolean;
            version: number;
            flags: {
                id: string;
                label: string;
            }[];
            listed: {
                name: string;
                label: string;
                text: string;
            }[];
            operator: components["schemas"]["NamedThing"] | null;
            jurisdiction: components["schemas"]["NamedThing"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
        };
        MatterDuty: {
            id: string;
            duty: string;
            label: string;
            holder_role: components["schemas"]["RoleId"];
            holder_role_label: string;
            /** Format: date-time */
            limit_at: string | null;
            /** Format: date */
            limit_on: string | null;
            remaining: {
                /**
                 * @description working days, hours
                 * @enum {string}
                 */
                unit: "wd" | "h";
                /** @description less than 0: so long past its limit */
                n: number;
            } | null;
            /** @enum {string} */
            status: "open" | "suspended" | "done" | "done_late" | "lapsed" | "overdue";
            /** @enum {string} */
            urgency: "calm" | "soon" | "today" | "overdue" | "suspended";
            rule: components["schemas"]["Rule"] | null;
            no_rule: boolean;
            /**
             * @description why there is no limit: no rule for this case, no row of it on that day, or the event has not come yet
             * @enum {string|null}
             */
            no_limit: "no_rule" | "no_row" | "waits" | null;
            /** @description counted through a year whose holidays are not announced yet */
            uncertain: boolean;
            stopped_by: {
                ground: string;
                label: string;
            }[];
            /** Format: date-time */
            start_at: string;
            extension: components["schemas"]["Rule"] | null;
            can_extend: boolean;
        };
        MatterHead: {
            id: string;
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            number: string;
            title: string;
            state: string;
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            terminal: boolean;
            version: number;
            flags: {
                id: string;
                label: string;
            }[];
            listed: {
                name: string;
                label: string;
                text: string;
            }[];
            operator: components["schemas"]["NamedThing"] | null;
            jurisdiction: components["schemas"]["NamedThing"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
            fields: components["schemas"]["FieldValue"][];
            room_label: string;
        };
        MatterOnFile: {
            id: string;
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            number: string;
            title: string;
            state: string;
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            terminal: boolean;
            version: number;
            flags: {
                id: string;
                label: string;
            }[];
            listed: {
                name: string;
                label: string;
                text: string;
            }[];
            operator: components["schemas"]["NamedThing"] | null;
            jurisdiction: components["schemas"]["NamedThing"];
            /** Format: date-time */
            opened_at: string;
            /** Format: date-time */
            updated_at: string;
            duty?: components["schemas"]["Duty"];
        };
        MatterPage: {
            matter: components["schemas"]["MatterHead"];
            path: components["schemas"]["PathStep"][];
            actions: components["schemas"]["Action"][];
            duties: components["schemas"]["MatterDuty"][];
            documents: components["schemas"]["Document"][];
            attachments: components["schemas"]["Attachment"][];
            history: components["schemas"]["HistoryStep"][];
            links: components["schemas"]["LinkedMatter"][];
            approvals: components["schemas"]["Approval"][];
            handovers: {
                kind_label: string;
                reason: string;
            }[];
            /** @description lists of which there is more than what stands here */
            cut: ("documents" | "attachments" | "links")[];
            balance: components["schemas"]["Balance"] | null;
            trace: {
                item: string;
                lots: string[];
            } | null;
            gates: components["schemas"]["Gate"][] | null;
        };
        Meta: {
            name: string;
            district: components["schemas"]["NamedThing"];
            demo: boolean;
            demo_accounts: components["schemas"]["DemoAccount"][] | null;
            signed_in: boolean;
            version: string;
            /** Format: date-time */
            now: string;
            /** Format: date */
            today: string;
            business_clock: boolean;
        };
        MockHolder: {
            item: string;
            place_name: string;
            operator_id: string;
            contact: string;
            unit: string;
            unit_symbol: string;
            left: string;
            share: number;
            derived: boolean;
        };
        MockRecall: {
            id: string;
            /** Format: date-time */
            at: string;
            elapsed_ms: number;
            by: string;
            item: string;
            lot_no: string;
            product: string;
            unit: string;
            unit_symbol: string;
            made: string;
            left: string;
            used: string;
            unconfirmed: string;
            unaccounted: string;
            share: number;
            holders: components["schemas"]["MockHolder"][];
            reachable: number;
            gaps: number;
            balanced: boolean;
            reached_limit: boolean;
        };
        MockRecallLine: {
            id: string;
            /** Format: date-time */
            at: string;
            elapsed_ms: number;
            by: string;
            item: string;
            lot_no: string;
            product: string;
            unit: string;
            unit_symbol: string;
            made: string;
            left: string;
            used: string;
            unconfirmed: string;
            unaccounted: string;
            share: number;
            /** @description how many */
            holders: number;
            reachable: number;
            gaps: number;
            balanced: boolean;
            reached_limit: boolean;
        };
        NamedThing: {
            id: string;
            name: string;
        };
        NewMatter: {
            fields?: {
                [key: string]: unknown;
            };
            note?: string;
            /** Format: date-time */
            occurred_at?: string;
            attachments?: string[];
            kind: components["schemas"]["KindId"];
            action: string;
            operator_id?: string | null;
            jurisdiction_id?: string | null;
            body_id?: string | null;
            title?: string;
            links?: {
                matter_id: string;
                relation?: string;
            }[];
        };
        NextEvidence: {
            id: string;
            name: string;
            on_file: boolean;
            href: string | null;
            expected_bits: number;
        };
        Notice: {
            id: string;
            topic: string;
            action_label: string;
            /** Format: date-time */
            at: string;
            read: boolean;
            href: string;
            matter: components["schemas"]["Matter"];
        };
        Operator: {
            id: string;
            name: string;
            code: string;
            /** @enum {string} */
            type: "industrial" | "food_producer" | "workshop" | "shop" | "supermarket" | "market" | "restaurant" | "canteen" | "farm_household" | "cooperative" | "laboratory" | "other";
            staff: number;
            grade: string;
            state: string;
            matter_id: string;
            stopped: boolean;
            type_label: string;
            jurisdiction: components["schemas"]["NamedThing"];
            state_label: string;
            state_tone: components["schemas"]["Tone"];
        };
        OperatorFile: {
            operator: components["schemas"]["OperatorHead"];
            /** Format: date */
            as_of: string;
            past: boolean;
            effects: {
                /** @enum {string} */
                key: "stopped" | "equipment" | "certificate" | "health";
                text: string;
                record_id?: string;
            }[];
            records: components["schemas"]["RecordsOfKind"][];
            premises: {
                id: string;
                name: string;
                gln: string;
            }[];
            matters: components["schemas"]["MatterOnFile"][];
            credit: {
                /** Format: date-time */
                at: string;
                kind: string;
                text: string;
                matter_id: string;
            }[];
            permits: {
                id: string;
                number: string;
                category: string;
                valid_from: string;
                valid_to: string;
                state: string;
                state_label: string;
                state_tone: components["schemas"]["Tone"];
            }[];
            certifications: {
                id: string;
                number: string;
                type: string;
                type_label: string;
                issuing_body: string;
                valid_from: string;
                valid_to: string;
                state: string;
                state_label: string;
                state_tone: components["schemas"]["Tone"];
            }[];
            lots: {
                item: string;
                lot_no: string;
                product: string;
                quantity: number;
                unit: string;
                held: boolean;
            }[];
        };
        OperatorHead: {
            id: string;
            name: string;
            code: string;
            /** @enum {string} */
            type: "industrial" | "food_producer" | "workshop" | "shop" | "supermarket" | "market" | "restaurant" | "canteen" | "farm_household" | "cooperative" | "laboratory" | "other";
            staff: number;
            grade: string;
            state: string;
            matter_id: string;
            stopped: boolean;
            type_label: string;
            jurisdiction: components["schemas"]["NamedThing"];
            state_label: string;
            state_tone: components["schemas"]["Tone"];
            survivor_id: string | null;
            /** @description separated by | */
            former_names: string;
            fields: {
                name: string;
                label: string;
                value: string;
                text: string;
            }[];
        };
        Outcome: {
            id: string;
            number: string;
            matter: {
                id: string;
                state: string;
                version: number;
            };
            started: {
                id: string;
                kind: components["schemas"]["KindId"];
                kind_label: string;
                title: string;
            }[];
            documents: {
                id: string;
            }[];
            skipped: {
                kind_label: string;
                reason: string;
            }[];
            /** @description the key was used before: nothing was done again */
            replayed: boolean;
            /** @description what was sealed, shown to whoever opened it */
            revealed?: unknown;
        };
        Overview: {
            cards: components["schemas"]["Figure"][];
            townships: {
                id: string;
                name: string;
                /** @description null: outside of the territory */
                values: {
                    operators: number;
                    open_matters: number;
                    overdue: number;
                } | null;
            }[];
            months: {
                /** Format: date */
                from: string;
                /** Format: date */
                to: string;
                opened: number;
            }[];
        };
        Partner: {
            id: string;
            name: string;
            type_label: string;
            place: string;
        };
        PathStep: {
            state: string;
            label: string;
            /** @enum {string} */
            status: "done" | "current" | "future";
            /** Format: date-time */
            at: string | null;
        };
        Person: {
            id: string;
            name: string;
            role: components["schemas"]["RoleId"];
            role_label: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            /** @description every place that must be mended, all at once */
            errors: {
                /** @description JSON pointer of the place, or the name of a guard */
                pointer: string;
                /** @description what sort of fault it is, for programs */
                key?: string;
                /** @description for people, in their language */
                message: string;
            }[];
            code?: string;
        };
        Procedure: {
            kind: components["schemas"]["KindId"];
            label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            live: boolean;
            number: string;
            list: {
                name: string;
                label: string;
            }[];
            states: components["schemas"]["State"][];
            transitions: components["schemas"]["Transition"][];
            purpose: string;
            main_way: {
                state: string;
                action: string;
            }[];
            duties: components["schemas"]["DeclaredDuty"][];
        };
        ProcedureHead: {
            kind: components["schemas"]["KindId"];
            label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            live: boolean;
            number: string;
            list: {
                name: string;
                label: string;
            }[];
            states: number;
            transitions: number;
        };
        Proof: {
            index: number;
            size: number;
            /** @description the public entry, as its leaf has it */
            entry: string;
            inclusion: string[];
            /** @description a signed note */
            checkpoint: string;
        };
        Rail: {
            open_duties: number;
            rooms: {
                room: components["schemas"]["RoomId"];
                label: string;
                /** @enum {string} */
                group: "work" | "govern";
                open_duties: number;
            }[];
        };
        RankedSource: {
            id: string;
            name: string;
            on_file: boolean;
            href: string | null;
            rank: number;
            /** @description null: impossible */
            score: number | null;
            probability: number | null;
        };
        RecentGoods: {
            /** @enum {string} */
            act: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
            product: string;
            unit: string;
            quantity: string;
            partner_id: string | null;
            partner_name: string;
            partner_contact: string;
        };
        Record: {
            record_id: string;
            name: string;
            code: string;
            version: number;
            recorded_by: string;
            source: string;
            note: string;
            ledger_index: number;
            /** Format: date */
            valid_from: string | null;
            /**
             * Format: date
             * @description the first day on which it is not true any more
             */
            valid_to: string | null;
            /** Format: date-time */
            recorded_at: string;
            fields: {
                name: string;
                label: string;
                /** @description of the shape of the field's type; null where only a digest is kept */
                value: unknown;
                text: string;
            }[];
        };
        RecordEntry: {
            /** @enum {string} */
            kind: "premises" | "product" | "equipment" | "person" | "test_result";
            /** @description as the file declares them for the kind */
            fields: {
                [key: string]: unknown;
            };
            /** @description the day from which it holds */
            since?: string;
            note?: string;
        };
        RecordReceipt: {
            record_id: string;
            version: number;
            ledger_index: number;
        };
        RecordVersion: {
            record_id: string;
            name: string;
            code: string;
            version: number;
            recorded_by: string;
            source: string;
            note: string;
            ledger_index: number;
            /** Format: date */
            valid_from: string | null;
            /**
             * Format: date
             * @description the first day on which it is not true any more
             */
            valid_to: string | null;
            /** Format: date-time */
            recorded_at: string;
            fields: {
                name: string;
                label: string;
                /** @description of the shape of the field's type; null where only a digest is kept */
                value: unknown;
                text: string;
            }[];
            /** Format: date-time */
            superseded_at: string | null;
        };
        RecordsOfKind: {
            /** @enum {string} */
            kind: "premises" | "product" | "equipment" | "person" | "test_result";
            label: string;
            may_write: boolean;
            fields: components["schemas"]["FormField"][];
            items: components["schemas"]["Record"][];
            /** @description there are more than these */
            cut: boolean;
        };
        RoleId: string;
        RoomId: string;
        Rule: {
            id: string;
            rule: string;
            value_text: string;
            unit: string;
            /** @description day, or empty where it has always held */
            from: string;
            /** @description last day, or empty where it still holds */
            to: string;
            source: string;
            confidence: string;
            to_verify: boolean;
        };
        Session: {
            account: components["schemas"]["Account"];
            assignments: components["schemas"]["Assignment"][];
            csrf: string;
            must_change_password: boolean;
            /** Format: date-time */
            expires_at?: string;
        };
        SourceQuestion: {
            cases: {
                operator_id: string;
                count: number;
            }[];
            priors?: {
                operator_id: string;
                weight: number;
            }[];
            from?: string;
            to?: string;
            product?: string;
            mass?: number;
        };
        Sources: {
            network: {
                places: number;
                sources: number;
                ends: number;
                movements: number;
                not_mass: number;
                cut: boolean;
                /** Format: date */
                from: string;
                /** Format: date */
                to: string;
                product: string;
            };
            cases: number;
            noise: number;
            mass: number;
            stated: number;
            suspects_count: number;
            suspects: components["schemas"]["Suspect"][];
            methods: {
                walk_noise_floor: components["schemas"]["RankedSource"][];
                walk: components["schemas"]["RankedSource"][];
                effective_distance: components["schemas"]["RankedSource"][];
                sales_likelihood: components["schemas"]["RankedSource"][];
            };
            compared: number;
            agreement: {
                walk: number;
                effective_distance: number;
                sales_likelihood: number;
            };
            next_evidence: components["schemas"]["NextEvidence"][];
            calibration: {
                outbreaks: number;
                held: number;
                top1: number;
                suspects_mean: number;
                stated: number;
            } | null;
        };
        Start: {
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            action: string;
            label: string;
        };
        StartForm: {
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            action: string;
            label: string;
            fields: components["schemas"]["FormField"][];
            guards: string[];
            who: string[];
            document: string | null;
            operator: {
                id: string;
                name: string;
                code: string;
                place: string;
            } | null;
            matter: components["schemas"]["Matter"] | null;
            lot: {
                item: string;
                number: string;
                product: string;
            } | null;
            jurisdiction: components["schemas"]["NamedThing"] | null;
            about_operator: boolean;
            operator_needed: boolean;
        };
        StartHere: {
            kind: components["schemas"]["KindId"];
            kind_label: string;
            room: components["schemas"]["RoomId"];
            room_label: string;
            action: string;
            label: string;
            href: string;
        };
        State: {
            id: string;
            label: string;
            terminal: boolean;
        };
        Statement: {
            id: string;
            title: string;
            date: string;
            quotes: {
                id: string;
                text: string;
                figure: string | null;
                value_text: string;
            }[];
            checks: {
                rule: string;
                /** @enum {string} */
                verdict: "consistent" | "contradiction" | "cannot_be_checked";
                verdict_label: string;
                quotes: string[];
                text: string;
            }[];
        };
        Step: {
            fields?: {
                [key: string]: unknown;
            };
            note?: string;
            /** Format: date-time */
            occurred_at?: string;
            attachments?: string[];
        };
        StepProof: {
            index: number;
            size: number;
            /** @description the public entry, as its leaf has it */
            entry: string;
            inclusion: string[];
            /** @description a signed note */
            checkpoint: string;
            key: string;
            /** @description canonical JSON; null: erased by an order of the law */
            change: string | null;
            salt: string | null;
        };
        Suspect: {
            id: string;
            name: string;
            on_file: boolean;
            href: string | null;
            probability: number;
            ranks: {
                walk_noise_floor: number | null;
                walk: number | null;
                effective_distance: number | null;
                sales_likelihood: number | null;
            };
        };
        Timeline: {
            items: components["schemas"]["TimelineEntry"][];
            next: string | null;
            rooms: {
                room: components["schemas"]["RoomId"];
                label: string;
                count: number;
            }[];
        };
        TimelineEntry: {
            room: components["schemas"]["RoomId"];
            /** @description of the matter or of the record, or lot */
            kind: string;
            label: string;
            text: string;
            /** @description of the state that the step led to; null: no matter moved */
            tone: components["schemas"]["Tone"] | null;
            title: string;
            number: string;
            actor: string;
            note: string;
            matter_id: string | null;
            record_id: string | null;
            /** @description -1: none */
            ledger_index: number;
            document: {
                id: string;
                number: string;
                label: string;
            } | null;
            /** Format: date-time */
            at: string;
            /** Format: date */
            day: string;
            id: string;
            /** Format: date */
            since?: string | null;
            item?: string;
        };
        /** @enum {string} */
        Tone: "running" | "caution" | "good" | "bad" | "ended";
        TownshipMap: {
            disclaimer: string;
            areas: {
                id: string;
                name: string;
                /** @description of an SVG */
                path: string;
                label_x: number;
                label_y: number;
                merged: {
                    name: string;
                    /** Format: date */
                    valid_to: string;
                }[];
            }[];
            /** @description by the id of the township; only of the caller's territory */
            values: {
                [key: string]: {
                    operators: number;
                    overdue: number;
                };
            };
        };
        Trace: {
            origin: {
                item: string;
                product: string;
            };
            unit: string;
            nodes: components["schemas"]["TraceNode"][];
            edges: components["schemas"]["TraceEdge"][];
            gaps: components["schemas"]["TraceGap"][];
            balance: {
                accounted: number;
                unresolved: number;
                total: number;
                not_converted: number;
            };
            /** @description a part of the answer, not the whole */
            reached_limit: boolean;
            settled: boolean;
        };
        TraceEdge: {
            from: string;
            to: string;
            kind: string;
            /** Format: date-time */
            departed_at: string | null;
            /** Format: date-time */
            arrived_at: string | null;
            quantity: number;
            unit: string;
            matched: boolean;
            unknown: boolean;
        };
        TraceGap: {
            kind: string;
            text: string;
            quantity: number;
            unit: string;
            place: string;
        };
        TraceNode: {
            township: string;
            township_name: string;
            /** @description item@place */
            id: string;
            item: string;
            place: string;
            place_name: string;
            operator: string | null;
            /** @description steps from the origin; less than 0: before it */
            layer: number;
            /** Format: date-time */
            arrived_at: string | null;
            quantity: number;
            unit: string;
            share: number;
            status: string;
            status_label: string;
            resolved: boolean;
            origin: boolean;
        };
        TraceRights: {
            find_sources: boolean;
            mock_recall: boolean;
        };
        Transition: {
            from: string;
            action: string;
            label: string;
            to: string;
            who: string[];
            guards: string[];
            document: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getMeta: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Meta"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    username: string;
                    password: string;
                    /** @description of the second factor, or a recovery code */
                    otp?: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    old: string;
                    new: string;
                };
            };
        };
        responses: {
            /** @description done */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        secret: string;
                        uri: string;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmSecondFactor: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    code: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        recovery_codes: string[];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRail: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rail"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDuties: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description open and suspended ones by default */
                state?: "overdue" | "all";
                /** @description 0: of everybody in the territory */
                mine?: "0" | "1";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DutyItem"][];
                        next: string | null;
                        /** @description the next ten working days, today first */
                        days: string[];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listRules: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description part of the name, the text or the source */
                q?: string;
                /** @description of the rules */
                domain?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedRule"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMatters: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description of the matter */
                kind?: components["schemas"]["KindId"];
                /** @description of the kind */
                room?: components["schemas"]["RoomId"];
                /** @description of the matter */
                state?: string;
                /** @description id of the operator */
                operator?: string;
                /** @description id of the place */
                township?: string;
                /** @description 1: not ended */
                open?: string;
                /** @description opened on or after */
                from?: string;
                /** @description opened on or before */
                to?: string;
                /** @description with a duty that is */
                due?: "over" | "today" | "soon";
                /** @description 1: as due=over */
                overdue?: string;
                /** @description 1: with a duty of the caller */
                mine?: string;
                /** @description part of the title, the number or the operator's name */
                q?: string;
                /** @description 1: with the total */
                count?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedMatter"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                        /** @description where it was asked for with count=1; 10001 means or more */
                        total: number | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createMatter: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewMatter"];
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            /** @description waits for a second person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAsked"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMatter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MatterPage"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    act: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
                action: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Step"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            /** @description waits for a second person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAsked"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    extendDuty: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
                duty: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        id: string;
                        version: number;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    addNote: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        done: true;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decideApproval: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    decision: "confirm" | "decline";
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Outcome"];
                };
            };
            /** @description waits for a second person */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApprovalAsked"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listKinds: {
        parameters: {
            query?: {
                /** @description 1: only what the caller may begin */
                creatable?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Kind"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listProcedures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProcedureHead"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getProcedure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Procedure"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: string;
                action: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplainedStep"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putAttachment: {
        parameters: {
            query?: {
                /** @description of the file */
                name?: string;
            };
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": unknown;
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        sha256: string;
                        media_type: string;
                        size: number;
                        name: string;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getAttachment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sha256: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/png": unknown;
                    "image/webp": unknown;
                    "application/pdf": unknown;
                    "application/zip": unknown;
                    "text/plain": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDraft: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                action: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMatterFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportList: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listImports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ImportKind"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    import: {
        parameters: {
            query?: {
                /** @description 1: report only, nothing is written */
                dry_run?: string;
            };
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                kind: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": unknown;
                "application/octet-stream": unknown;
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getLedger: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ledger"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLedgerEntries: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["LedgerEntry"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proveStep: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                step: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StepProof"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    proveLedgerEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                index: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Proof"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getClock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clock"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    advanceClock: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    advance_working_days?: number;
                    /** Format: date-time */
                    advance_to?: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        now: string;
                        /** Format: date */
                        today: string;
                        can_advance: boolean;
                        moves: number;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMap: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TownshipMap"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPeople: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJurisdictions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jurisdiction"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listNotices: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Notice"][];
                        unread: number;
                        /** @description unread ones are counted no further */
                        unread_max: number;
                        next: string | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    markNoticesRead: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    ids?: string[];
                    all?: boolean;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        unread: number;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    whatStartsHere: {
        parameters: {
            query?: {
                /** @description id of the operator whose file is open */
                operator?: string;
                /** @description id of the matter that is open */
                matter?: string;
                /** @description identifier of the lot that is open */
                lot?: string;
                /** @description only this kind */
                kind?: components["schemas"]["KindId"];
                /** @description only this room */
                room?: components["schemas"]["RoomId"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["StartHere"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    startForm: {
        parameters: {
            query: {
                /** @description id of the operator whose file is open */
                operator?: string;
                /** @description id of the matter that is open */
                matter?: string;
                /** @description identifier of the lot that is open */
                lot?: string;
                /** @description of the new matter */
                kind: components["schemas"]["KindId"];
                /** @description its first step */
                action: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartForm"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query?: {
                /** @description what is looked for */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Found"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOperators: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description part of the name, or the code */
                q?: string;
                /** @description id of the place */
                township?: string;
                /** @description of the operator */
                type?: string;
                /** @description of its file */
                state?: string;
                /** @description 1: with the total */
                count?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ListedOperator"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                        /** @description where it was asked for with count=1; 10001 means or more */
                        total: number | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOperatorTypes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Choice"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperator: {
        parameters: {
            query?: {
                /** @description as it was known at the end of this day */
                as_of?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OperatorFile"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOperatorTimeline: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description only this room */
                room?: components["schemas"]["RoomId"];
                /** @description as it was known at the end of this day */
                as_of?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enterRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecordEntry"];
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordReceipt"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getRecord: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RecordVersion"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeRecord: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    action: "change" | "end";
                    fields?: {
                        [key: string]: unknown;
                    };
                    since?: string;
                    note?: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RecordReceipt"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTrace: {
        parameters: {
            query: {
                /** @description identifier or number of the lot */
                item: string;
                /** @description both by default */
                direction?: "forward" | "backward" | "both";
                /** @description at most so many holdings (2,000; 20,000 at most); reached_limit says that the answer is cut */
                limit?: number;
                /** @description premises within which goods mix: the identifier of a place, or all. What has come in can be in whatever leaves later */
                mix?: string[];
                /** @description item@place: a holding that is reached and counted, but nothing goes on from it (heating, sorting out) */
                kill?: string[];
                /** @description item@place: a holding that is left out as if it were not there */
                cut?: string[];
                /** @description respect (default): what had not arrived cannot have gone on, unknown dates may be any; ignore: every movement counts */
                time?: string;
                /** @description forward: only what was at the origin from this instant on; backward: until it */
                at?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Trace"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCommonAncestors: {
        parameters: {
            query: {
                /** @description identifier or number of a lot; two to a hundred of them */
                item: string[];
                /** @description at most so many holdings (2,000; 20,000 at most); reached_limit says that the answer is cut */
                limit?: number;
                /** @description premises within which goods mix: the identifier of a place, or all. What has come in can be in whatever leaves later */
                mix?: string[];
                /** @description item@place: a holding that is reached and counted, but nothing goes on from it (heating, sorting out) */
                kill?: string[];
                /** @description item@place: a holding that is left out as if it were not there */
                cut?: string[];
                /** @description respect (default): what had not arrived cannot have gone on, unknown dates may be any; ignore: every movement counts */
                time?: string;
                /** @description forward: only what was at the origin from this instant on; backward: until it */
                at?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommonAncestors"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getMassBalance: {
        parameters: {
            query?: {
                /** @description identifier of the lot */
                item?: string;
                /** @description identifier of a place: its premises */
                place?: string;
                /** @description id of the operator */
                operator?: string;
                /** @description of the answer: a code of UN/ECE Recommendation 20 or a symbol (kg, L); KGM by default. Movements that do not convert are counted in not_converted */
                unit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MassBalance"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportTrace: {
        parameters: {
            query: {
                /** @description identifier or number of the lot */
                item: string;
                /** @description at most so many holdings (2,000; 20,000 at most); reached_limit says that the answer is cut */
                limit?: number;
                /** @description premises within which goods mix: the identifier of a place, or all. What has come in can be in whatever leaves later */
                mix?: string[];
                /** @description item@place: a holding that is reached and counted, but nothing goes on from it (heating, sorting out) */
                kill?: string[];
                /** @description item@place: a holding that is left out as if it were not there */
                cut?: string[];
                /** @description respect (default): what had not arrived cannot have gone on, unknown dates may be any; ignore: every movement counts */
                time?: string;
                /** @description forward: only what was at the origin from this instant on; backward: until it */
                at?: string;
            };
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": unknown;
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listLots: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description part of the number or of the product */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Lot"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTraceRights: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TraceRights"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    capture: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": unknown;
                "application/ld+json": unknown;
                "application/xml": unknown;
                "text/xml": unknown;
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaptureReport"];
                };
            };
            /** @description refused */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CaptureReport"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recordHolding: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    item: string;
                    place: string;
                    status: string;
                    evidence: string;
                    quantity?: string;
                };
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        done: true;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listGoods: {
        parameters: {
            query?: {
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
                /** @description id of the operator; the caller's own by default */
                operator?: string;
                /** @description kind of entry */
                act?: "received" | "sent" | "made" | "processed" | "sold" | "discarded";
                /** @description part of the product, the lot number or the partner */
                q?: string;
                /** @description first day */
                from?: string;
                /** @description last day */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Goods"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                        /** @description where it was asked for with count=1; 10001 means or more */
                        total: number | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    enterGoods: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GoodsEntry"];
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goods"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    offerGoods: {
        parameters: {
            query?: {
                /** @description id of the operator; the caller's own by default */
                operator?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GoodsOffers"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findPartners: {
        parameters: {
            query?: {
                /** @description id of the operator; the caller's own by default */
                operator?: string;
                /** @description part of the name; of a household the whole */
                q?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Partner"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    checkGoods: {
        parameters: {
            query?: {
                /** @description id of the operator; the caller's own by default */
                operator?: string;
                /** @description supplier on file */
                partner_id?: string;
                /** @description supplier in words */
                partner_name?: string;
                /** @description identifier of the lot */
                item?: string;
                /** @description number */
                certificate?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GoodsCheck"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    withdrawGoods: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Goods"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    goodsCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listMockRecalls: {
        parameters: {
            query?: {
                /** @description at most so many, up to 200 */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MockRecallLine"][];
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    runMockRecall: {
        parameters: {
            query?: never;
            header?: {
                /** @description the same key and body give the same answer */
                "Idempotency-Key"?: string;
                /** @description the version that was read; needed for an existing matter */
                "If-Match"?: string;
                /** @description with a session cookie */
                "X-CSRF-Token"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    item: string;
                };
            };
        };
        responses: {
            /** @description entered */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MockRecall"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    mockRecallReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pdf": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findSources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceQuestion"];
            };
        };
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sources"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportSources: {
        parameters: {
            query?: {
                /** @description first day */
                from?: string;
                /** @description last day */
                to?: string;
                /** @description part of the name of the goods */
                product?: string;
                /** @description number of people, a colon, the operator; one or more */
                case?: string[];
            };
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": unknown;
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listFigures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FigureInCatalogue"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFigure: {
        parameters: {
            query?: {
                /** @description as it was known at the end of this day */
                as_of?: string;
                /** @description first day of the period; the first of the year by default */
                from?: string;
                /** @description last day of the period; as_of by default */
                to?: string;
                /** @description id of the territory; the caller's by default */
                jurisdiction?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Figure"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getFigureRecords: {
        parameters: {
            query?: {
                /** @description as it was known at the end of this day */
                as_of?: string;
                /** @description first day of the period; the first of the year by default */
                from?: string;
                /** @description last day of the period; as_of by default */
                to?: string;
                /** @description id of the territory; the caller's by default */
                jurisdiction?: string;
                /** @description at most so many items */
                limit?: number;
                /** @description `next` of the page before */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["FigureRecord"][];
                        /** @description cursor of the next page; null on the last */
                        next: string | null;
                    };
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listStatements: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"][];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOverview: {
        parameters: {
            query?: {
                /** @description as it was known at the end of this day */
                as_of?: string;
                /** @description first day of the period; the first of the year by default */
                from?: string;
                /** @description last day of the period; as_of by default */
                to?: string;
                /** @description id of the territory; the caller's by default */
                jurisdiction?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description done */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
            /** @description problem */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

import { createApp } from 'vue';
import { createRouter, createWebHistory } from 'vue-router';
import { applyTheme } from './theme';
import App from './App.vue';
import { language, setLanguage, t } from './i18n';
import './styles/tokens.css';
import './styles/ui.css';
import './styles/app.css';

const router = createRouter({
  history: createWebHistory(),
  // Back and forward return to the place where one was; changing a filter stays there.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path && to.meta.list ? false : { top: 0 }),
  routes: [
    { path: '/', component: () => import('./pages/DutiesPage.vue'), meta: { title: 'duties' } },
    { path: '/overview', component: () => import('./pages/OverviewPage.vue'), meta: { title: 'overview', list: true } },
    {
      path: '/operators',
      component: () => import('./pages/OperatorsPage.vue'),
      meta: { title: 'operators', list: true },
    },
    { path: '/operators/:id', component: () => import('./pages/OperatorPage.vue'), meta: { title: 'operators' } },
    { path: '/matters', component: () => import('./pages/MattersPage.vue'), meta: { title: 'matters', list: true } },
    { path: '/matters/:id', component: () => import('./pages/MatterPage.vue'), meta: { title: 'matters' } },
    { path: '/notices', component: () => import('./pages/NoticesPage.vue'), meta: { title: 'notices' } },
    { path: '/new', component: () => import('./pages/NewPage.vue'), meta: { title: 'create' } },
    { path: '/drafts', component: () => import('./pages/DraftsPage.vue'), meta: { title: 'draftsWord' } },
    { path: '/trace', component: () => import('./pages/TracePage.vue'), meta: { title: 'trace' } },
    { path: '/sources', component: () => import('./pages/SourcesPage.vue'), meta: { title: 'sourcesTitle' } },
    { path: '/goods', component: () => import('./pages/GoodsPage.vue'), meta: { title: 'goodsBook', list: true } },
    { path: '/import', component: () => import('./pages/ImportPage.vue'), meta: { title: 'importTitle' } },
    { path: '/statements', component: () => import('./pages/StatementsPage.vue'), meta: { title: 'statements' } },
    { path: '/rules', component: () => import('./pages/RulesPage.vue'), meta: { title: 'rules' } },
    { path: '/procedures', component: () => import('./pages/ProceduresPage.vue'), meta: { title: 'procedures' } },
    { path: '/ledger', component: () => import('./pages/LedgerPage.vue'), meta: { title: 'ledger' } },
    { path: '/:rest(.*)', component: () => import('./pages/NotFoundPage.vue'), meta: { title: 'noPage' } },
  ],
});
router.afterEach((to) => {
  document.title = `${t(to.meta.title as 'duties')} · ${t('app')}`;
});
setLanguage(language.value);
applyTheme();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);
createApp(App).use(router).mount('#app');
// The shell opens without a signal; the worker keeps files of the program only, never an answer of the server's interface.
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  window.addEventListener('load', () => navigator.serviceWorker.register('/worker.js').catch(() => undefined));

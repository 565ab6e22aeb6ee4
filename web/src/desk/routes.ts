// The pages of the desk: what every matter needs, of whatever kind it is.
import type { RouteRecordRaw } from 'vue-router';

export const deskRoutes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./pages/DutiesPage.vue'), meta: { title: 'duties' } },
  { path: '/matters', component: () => import('./pages/MattersPage.vue'), meta: { title: 'matters', list: true } },
  { path: '/matters/:id', component: () => import('./pages/MatterPage.vue'), meta: { title: 'matters' } },
  { path: '/notices', component: () => import('./pages/NoticesPage.vue'), meta: { title: 'notices' } },
  { path: '/new', component: () => import('./pages/NewPage.vue'), meta: { title: 'create' } },
  { path: '/drafts', component: () => import('./pages/DraftsPage.vue'), meta: { title: 'draftsWord' } },
  { path: '/rules', component: () => import('./pages/RulesPage.vue'), meta: { title: 'rules' } },
  { path: '/procedures', component: () => import('./pages/ProceduresPage.vue'), meta: { title: 'procedures' } },
  { path: '/ledger', component: () => import('./pages/LedgerPage.vue'), meta: { title: 'ledger' } },
  { path: '/:rest(.*)', component: () => import('./pages/NotFoundPage.vue'), meta: { title: 'noPage' } },
];

declare module '*.vue' {
  import type { DefineComponent } from 'vue';
  const component: DefineComponent<Record<string, unknown>, Record<string, unknown>, unknown>;
  export default component;
}
declare module '*.css';
interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
declare module '*.wasm?url' {
  const address: string;
  export default address;
}

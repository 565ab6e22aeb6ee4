import vue from '@vitejs/plugin-vue'
export default { plugins: [vue()], build: { target: 'es2020', assetsInlineLimit: 0 }, server: { proxy: { '/api': 'http://127.0.0.1:8080', '/public': 'http://127.0.0.1:8080' } } }

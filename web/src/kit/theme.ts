// Light, dark, or as the system has it.
export const chosenTheme = () => localStorage.getItem('theme') ?? 'auto';
export function applyTheme() {
  const chosen = chosenTheme();
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
}

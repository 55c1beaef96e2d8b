/** `?theme=dark|light` outranks the system's. */
export function useTheme(root: HTMLElement, search: string): void {
  const theme = new URLSearchParams(search).get('theme');
  if (theme === 'dark' || theme === 'light') root.dataset.theme = theme;
}

import type { User } from '@rookery/contract/auth.ts';

import { keepStored, readStored } from './storage.ts';

type Theme = User['theme'];
type Density = User['density'];

const canvas = { light: '#fbfaf7', dark: '#0c1014' } as const;

function paint(isDark: boolean): void {
  const shade = isDark ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = shade;
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', canvas[shade]);
}

function systemPrefersDark(): MediaQueryList {
  return globalThis.matchMedia('(prefers-color-scheme: dark)');
}

/** Shows a theme at once and remembers it for the script that runs before the next first paint. */
export function applyTheme(theme: Theme): void {
  keepStored('theme', theme);
  paint(theme === 'dark' || (theme === 'system' && systemPrefersDark().matches));
}

/** Sets row heights: comfortable or compact. */
export function applyDensity(density: Density): void {
  keepStored('density', density);
  document.documentElement.dataset['density'] = density;
}

/** Follows the system's theme while the user has not chosen one. */
export function followSystemTheme(): void {
  systemPrefersDark().addEventListener('change', (event) => {
    const stored = readStored('theme');
    if (stored === null || stored === 'system') paint(event.matches);
  });
}

import type { Application } from '../../read/panel.ts';

type Together = Pick<Application, 'screen' | 'requests' | 'queries' | 'memory' | 'lost'>;

/** How all processes do: the slowest of them, and their sums of memory and of what was lost. */
export function togetherOf(processes: readonly Application[]): Together {
  const of = (name: keyof Together) => processes.flatMap((one) => one[name] ?? []);
  const worst = (name: keyof Together) => (of(name).length === 0 ? null : Math.max(...of(name)));
  const sum = (name: keyof Together) => of(name).reduce((all, one) => all + one, 0);
  return {
    screen: worst('screen'),
    requests: worst('requests'),
    queries: worst('queries'),
    memory: of('memory').length === 0 ? null : sum('memory'),
    lost: sum('lost'),
  };
}

/** Which roles are at work, in words: 2 serve, 1 live. */
export function rolesOf(processes: readonly Application[]): string {
  const counts = new Map<string, number>();
  for (const { role } of processes) counts.set(role, (counts.get(role) ?? 0) + 1);
  return [...counts].map(([role, count]) => `${count} ${role}`).join(', ');
}

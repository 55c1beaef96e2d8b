/** Every field but `received` and position, in order of their names; what is unknown, or only not simulated, is left out. */
export function contentOf(observation: object): string {
  const fields = Object.entries(observation).filter(
    ([name, value]) => name !== 'received' && name !== 'position' && value !== null && value !== false,
  );
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A forked process ends when who forked it does, however that ended. Called once its modules are loaded, when the other may be gone
 * already: that word is said once, and nobody listened then.
 */
export function endWithParent(): void {
  if (!process.connected) process.exit(1);
  process.once('disconnect', () => process.exit(1));
}

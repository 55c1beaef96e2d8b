/** The size of a node, px, and word of its changes. It is kept: asked for between two changes of a page it would cost a layout. */
export function watchSize(node: HTMLElement, changed: () => void): () => { width: number; height: number } {
  const measured = () => ({ width: node.clientWidth, height: node.clientHeight });
  let size: ReturnType<typeof measured> | null = null;
  new ResizeObserver(() => {
    size = measured();
    changed();
  }).observe(node);
  return () => {
    size ??= measured();
    return size;
  };
}

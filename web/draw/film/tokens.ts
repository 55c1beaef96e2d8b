/** The tokens of a theme as the sheet gives them; the light block stands over the dark one. */
export function tokensOf(sheet: string, theme: 'dark' | 'light'): (name: string) => string {
  const blocks = [/:root\{([^}]*)\}/, /:root\[data-theme=light\]\{([^}]*)\}/];
  const tokens = new Map<string, string>();
  for (const block of theme === 'light' ? blocks : blocks.slice(0, 1)) {
    const text = (block.exec(sheet)?.[1] ?? '').replace(/\/\*.*?\*\//gs, '');
    for (const [, name, value] of text.matchAll(/(--[\w-]+):([^;]+);/g)) tokens.set(name!, value!.trim());
  }
  return (name) => {
    const value = tokens.get(name);
    if (value === undefined) throw new RangeError(`expected a token of the sheet, found ${name}`);
    return value;
  };
}

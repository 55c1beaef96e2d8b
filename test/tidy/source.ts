import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../service.ts';

export { ROOT };

/** Files that git tracks or would track. */
export const files: string[] = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Code of the house: what it is made of, tests apart. */
export const code = files.filter((file) => /^(services|jobs|web)\/.*\.ts$/.test(file) && !file.endsWith('.d.ts'));

const parsed = new Map<string, ts.SourceFile>();
export function parse(file: string): ts.SourceFile {
  const known = parsed.get(file) ?? ts.createSourceFile(file, read(file), ts.ScriptTarget.ES2022, true);
  parsed.set(file, known);
  return known;
}

export type Import = { file: string; target: string; typeOnly: boolean };

/** Every import of a file from within the repository, as a path from its root. */
export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  for (const statement of parse(file).statements) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
    const from = statement.moduleSpecifier;
    const name = from && ts.isStringLiteral(from) ? from.text : '';
    if (!name.startsWith('.')) continue;
    const typeOnly = ts.isImportDeclaration(statement)
      ? statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : statement.isTypeOnly;
    found.push({ file, target: posix.normalize(posix.join(dirname(file), name)), typeOnly });
  }
  return found;
}

/** Every text that is written in a file: strings and templates, whole. */
export function textsOf(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) found.push(node.getText());
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
}

export type Length = { name: string; lines: number };

/** Every named function of a file with its length, blank lines and comments not counted. */
export function functionsOf(file: string): Length[] {
  const source = parse(file);
  const lines = source.text.split('\n');
  const found: Length[] = [];
  const visit = (node: ts.Node) => {
    if (isFunction(node)) {
      const from = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const until = source.getLineAndCharacterOfPosition(node.end).line;
      const counted = lines
        .slice(from, until + 1)
        .filter((line) => line.trim() !== '' && !/^\s*(\/\/|\*|\/\*)/.test(line));
      found.push({ name: `${file}:${from + 1}`, lines: counted.length });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isFunction = (node: ts.Node) =>
  ts.isFunctionDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isConstructorDeclaration(node) ||
  ((ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isVariableDeclaration(node.parent));

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** One import of one source file. */
export interface Import {
  /** Path from `src/`, with `/`. */
  readonly from: string;
  readonly line: number;
  /** What is written between the quotes. */
  readonly specifier: string;
  /** Path from `src/` of the imported file, null for packages and Node's own modules. */
  readonly to: string | null;
  /** Erased by the compiler: `import type` or `export type`. */
  readonly typeOnly: boolean;
  /** `import()` or a URL: loaded when the code comes to it, if ever. */
  readonly deferred: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** All TypeScript below `src/`, but for the kernels in AssemblyScript: another language, other rules. */
export function sourceFiles(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.includes('/assembly/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The text with comments blanked out, line breaks kept; strings and templates are left as they are. */
export function withoutComments(text: string): string {
  const token = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(token, (match) => (/^\/[/*]/.test(match) ? match.replace(/[^\n]/g, ' ') : match));
}

/** Static imports and re-exports, and `import()` and `new URL(…, import.meta.url)` of a literal. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  const code = withoutComments(text);
  const patterns = [
    /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$*{][^;'"`=]*?\s*from\s*)(['"])([^'"\n]+)\2/gm,
    /^[ \t]*import\s+()(['"])([^'"\n]+)\2/gm,
    /\bimport\s*\(\s*()(['"`])([^'"`\n]+)\2/g,
    /\bnew\s+URL\(\s*()(['"])([^'"\n]+\.[jt]s)\2\s*,\s*import\.meta\.url/g,
  ];
  return patterns
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .map((match) => {
      const specifier = match[3] ?? '';
      const relative = /^\.{1,2}\//.test(specifier);
      return {
        from: path,
        line: code.slice(0, match.index).split('\n').length,
        specifier,
        to: relative ? posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts') : null,
        typeOnly: (match[1] ?? '') !== '',
        deferred: /^(?:import\s*\(|new\b)/.test(match[0]),
      };
    })
    .sort((a, b) => a.line - b.line);
}

/** Packages that are loaded with a file, and the files by which each is reached. */
export function loadedWith(path: string, imports: readonly Import[]): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { from, to, specifier, typeOnly, deferred } of imports) {
      if (from !== file || typeOnly || deferred) continue;
      if (to !== null) visit(to, [...trail, file]);
      else if (!packages.has(specifier)) packages.set(specifier, [...trail, file]);
    }
  };
  visit(path, []);
  return packages;
}

/** Files that load a file, itself left out: those that import it, those that import these, and so on. */
export function loadersOf(path: string, imports: readonly Import[]): readonly string[] {
  const loaders = new Set<string>();
  const visit = (file: string): void => {
    for (const { from, to, typeOnly, deferred } of imports) {
      if (to !== file || typeOnly || deferred || loaders.has(from)) continue;
      loaders.add(from);
      visit(from);
    }
  };
  visit(path);
  return [...loaders].sort();
}

/** The folder right below `src/`, or the file itself when it lies there. */
export function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}

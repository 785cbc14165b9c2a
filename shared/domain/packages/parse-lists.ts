/** Name and version of each package that a listing names; lines that are something else are left out. */
export type Parsed = readonly (readonly [name: string, version: string])[];

/**
 * `pip list` (columns, or as JSON) and `pip freeze`. Names are compared as PyPI does.
 * https://packaging.python.org/en/latest/specifications/name-normalization/
 */
export function parsePip(output: string): Parsed {
  const json = jsonOf(output);
  const found = Array.isArray(json) ? ofObjects(json) : lines(output).flatMap(pipLine);
  return found.map(([name, version]) => [name.toLowerCase().replaceAll(/[-_.]+/g, '-'), version]);
}

function pipLine(line: string): Parsed {
  // An editable or direct requirement has a place instead of a version.
  const direct = /^([A-Za-z0-9][\w.-]*) @ (\S+)/.exec(line);
  if (direct !== null) return [[direct[1] ?? '', direct[2] ?? '']];
  const editable = /^-e (\S+)#egg=([\w.-]+)/.exec(line);
  if (editable !== null) return [[editable[2] ?? '', editable[1] ?? '']];
  const [, name, version] = /^([A-Za-z0-9][\w.-]*)(?:===?|\s+)(v?\d[\w.!+-]*)(?:\s.*)?$/.exec(line) ?? [];
  return name === undefined || version === undefined ? [] : [[name, version]];
}

/** `conda list`, its columns or as JSON; the build is part of the version, since two builds differ. */
export function parseConda(output: string): Parsed {
  const json = jsonOf(output);
  if (Array.isArray(json)) return ofObjects(json, 'build_string');
  return lines(output).flatMap(line => {
    const [name = '', version, build, ...more] = line.split(/\s+/);
    const isPackage =
      !line.startsWith('#') && version !== undefined && build !== undefined && more.length <= 1;
    return isPackage ? [[name, `${version} ${build}`] as const] : [];
  });
}

/** `dpkg -l` and `apt list --installed`; what was removed and left its settings is not installed. */
export function parseApt(output: string): Parsed {
  return lines(output).flatMap(line => {
    const [, name, version] =
      /^[ih]i\s+(\S+?)(?::\w+)?\s+(\S+)\s/.exec(`${line} `) ??
      /^([a-z0-9][a-z0-9+.-]+)\/\S+\s+(\S+)\s+\S+\s+\[(?:.*,)?installed\b/.exec(line) ??
      [];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
}

/** `npm ls`, as JSON or as a tree, at any depth. */
export function parseNpm(output: string): Parsed {
  const json = jsonOf(output);
  if (json !== undefined) return ofTree(json);
  return lines(output).flatMap(line => {
    const [, name, version] = /^[│├└─┬|+`\s-]+(@?[^@\s]+)@(\d[^\s]*)/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [[name, version] as const];
  });
}

/** R's `installed.packages()`: its columns `Package` and `Version`, quoted or not, or both as CSV. */
export function parseR(output: string): Parsed {
  const all = lines(output);
  if (all.some(line => /"Package","(?:.*,")?Version"/.test(line))) return ofCsv(all);
  return all.flatMap(line => {
    // Row name and package name are the same, in a matrix as R prints it.
    const [first, ...cells] = line.replaceAll('"', ' ').trim().split(/\s+/);
    const values = cells[0] === first ? cells.slice(1) : cells;
    const version = values.find(cell => /^\d+(?:[.-]\d+)+$/.test(cell));
    return first === undefined || !/^[A-Za-z][\w.]*$/.test(first) || version === undefined
      ? []
      : [[first, version] as const];
  });
}

function ofCsv(all: readonly string[]): Parsed {
  const rows = all.map(line => [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell));
  const heading = rows.find(row => row.includes('Package') && row.includes('Version')) ?? [];
  const [name, version] = [heading.indexOf('Package'), heading.indexOf('Version')];
  return rows.slice(rows.indexOf(heading) + 1).flatMap(row => {
    const cells = [row[name], row[version]] as const;
    return cells[0] === undefined || cells[1] === undefined ? [] : [[cells[0], cells[1]] as const];
  });
}

function ofObjects(list: readonly unknown[], build?: string): Parsed {
  return list.flatMap(each => {
    const [name, version] = [textOf(each, 'name'), textOf(each, 'version')];
    const more = build === undefined ? undefined : textOf(each, build);
    if (name === undefined || version === undefined) return [];
    return [[name, more === undefined ? version : `${version} ${more}`] as const];
  });
}

function ofTree(node: unknown): Parsed {
  const below: unknown =
    typeof node === 'object' && node !== null ? Reflect.get(node, 'dependencies') : undefined;
  if (typeof below !== 'object' || below === null) return [];
  return Object.entries(below).flatMap(([name, child]) => {
    const version = textOf(child, 'version');
    return [...(version === undefined ? [] : [[name, version] as const]), ...ofTree(child)];
  });
}

function textOf(value: unknown, field: string): string | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  return typeof found === 'string' ? found : undefined;
}

function jsonOf(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter(line => line.trim() !== '');
}

/** Whether a commit can have something at this path: git itself takes no such names, and they could lead elsewhere. */
export function isInTree(path: string): boolean {
  return path.split('/').every(isName);
}

function isName(name: string): boolean {
  return !/^(?:|\.|\.\.|\.git)$/i.test(name) && !name.includes('\0');
}

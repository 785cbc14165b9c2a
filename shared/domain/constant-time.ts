/** Whether both are the same bytes, in a time that depends on the length of the first alone: for secrets. */
export function equalInConstantTime(presented: Uint8Array, secret: Uint8Array): boolean {
  let difference = presented.length ^ secret.length;
  for (let i = 0; i < presented.length; i++) {
    difference |= (presented[i] ?? 0) ^ (secret[i % Math.max(1, secret.length)] ?? 0);
  }
  return difference === 0;
}

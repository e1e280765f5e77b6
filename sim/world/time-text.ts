/** Hours, minutes, seconds and milliseconds since the world began. */
export function timeText(ms: number): string {
  const at = Math.round(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = `${two((at / 1000) % 60)}.${String(at % 1000).padStart(3, '0')}`;
  return `${two(at / 3_600_000)}:${two((at / 60_000) % 60)}:${seconds}`;
}

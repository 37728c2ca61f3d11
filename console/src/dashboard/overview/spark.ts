/** The path of a sparkline: a line for each run of minutes that have a value, a dot for a minute alone. */

/** The box that the path is drawn in, in SVG units. */
export const BOX = { width: 90, height: 24 } as const;

/** Space above and below the line, so that its stroke is not cut off. */
const MARGIN = 2;

/**
 * Draw values from the left to the right, the largest at the top and zero at the bottom.
 *
 * @param values - one a minute, oldest first; null where there was nothing to measure
 * @returns the `d` of an SVG path, empty without a value
 */
export function sparkPath(values: readonly (number | null)[]): string {
  const largest = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const step = BOX.width / Math.max(1, values.length - 1);
  const reach = BOX.height - 2 * MARGIN;
  let path = "";
  let isDrawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const x = round(index * step);
    const y = round(BOX.height - MARGIN - (largest === 0 ? 0 : (value / largest) * reach));
    const isAlone = !isDrawing && (values[index + 1] ?? null) === null;
    path += isDrawing ? `L${x} ${y}` : `M${x} ${y}`;
    // A stroke with round ends shows a line of no length as a dot.
    path += isAlone ? "h0" : "";
    isDrawing = true;
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

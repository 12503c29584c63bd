/** @file Number formatting for reports: typographic minus, grouped thousands, and a dash for NaN. */

/** Narrow no-break space, so that 20 000 is not broken across lines. */
const THIN_SPACE = "\u202f";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A number with fixed decimals: `20 000`, `−0.25`; `–` for NaN. */
export function fixed(value: number, decimals = 0): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const [integer = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  // From 1e21 on toFixed uses exponents, which must not be grouped.
  const grouped = integer.includes("e") ? integer : integer.replaceAll(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  const digits = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

/** A difference, always with its sign: `+0.25`, `−0.25`, `±0.00`. */
export function signed(value: number, decimals = 0): string {
  const text = fixed(value, decimals);
  if (Number.isNaN(value) || text.startsWith("−")) return text;
  return /[1-9∞]/.test(text) ? `+${text}` : `±${text}`;
}

/** A number with significant digits, as a power of ten if very large or small: `0.0312`, `4.2·10⁻⁷`. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value) || value === 0) return fixed(value);
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent < -3 || exponent > 6) {
    const mantissa = Number(value.toExponential(digits - 1).split("e")[0]);
    const trimmed = fixed(mantissa, digits - 1).replace(/\.?0+$/, "");
    if (trimmed === "1") return powerOfTen(exponent);
    return `${trimmed}·${powerOfTen(exponent)}`;
  }
  return fixed(value, Math.max(0, digits - 1 - exponent));
}

/** `10⁻³` */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)] ?? "");
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

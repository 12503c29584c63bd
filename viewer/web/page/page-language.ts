/**
 * @file Replaces an invalid `navigator.language`. Import this module first.
 *
 * In the C locale, Chromium's language is `en-US@posix`, which is not a language tag. uPlot passes it to Intl when it
 * is loaded; Intl would throw and the page would stay empty.
 */

try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}

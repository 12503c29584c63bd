/**
 * @file A language that numbers can be written in, before anything asks for it.
 *
 * Under the C locale Chromium says `en-US@posix`, which is no language tag: Intl throws, uPlot asks Intl when
 * it is loaded, and the page would stay empty. To be imported first.
 */

try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, "language", { value: "en", configurable: true });
}

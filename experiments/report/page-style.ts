/** @file The report page's CSS: a single column for text, with light, dark and print styles. */

export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--faint:#59636e;--line:#d8dee4;--paper:#fff;--panel:#f6f8fa;--link:#0757b5;--yes:#007a5a;--no:#b84a00;--half:#8a5d00}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--faint:#9aa4af;--line:#30363d;--paper:#0d1117;--panel:#161b22;--link:#79b8ff;--yes:#2fc79b;--no:#ff8a3d;--half:#e69f00}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:52rem;padding:2rem 1rem 4rem;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:break-word}
h1{font-size:clamp(1.6rem,5vw,2.3rem);line-height:1.2;margin:0 0 .6rem;text-wrap:balance}
h2{font-size:1.45rem;line-height:1.25;margin:3rem 0 .8rem;padding-top:1rem;border-top:1px solid var(--line)}
p{margin:.7rem 0}
a{color:var(--link)}
.lead{font-size:1.2rem;color:var(--ink)}
code{font:.88em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--panel);padding:.1em .3em;border-radius:4px}
pre{overflow-x:auto;background:var(--panel);padding:.8rem 1rem;border-radius:6px;font-size:.9rem;line-height:1.45}
pre code{background:none;padding:0}
dl{margin:1rem 0;padding:.8rem 1rem;background:var(--panel);border-radius:6px;font-size:.95rem}
dl div{display:grid;grid-template-columns:minmax(7rem,12rem) 1fr;gap:.2rem 1rem;padding:.15rem 0}
dt{color:var(--faint)}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
nav ol{margin:1rem 0;padding-left:1.3rem;columns:2 16rem;font-size:.98rem}
figure{margin:1.4rem 0}
figure>.chart{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:6px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,15.5rem),1fr));gap:.7rem}
.charts .chart{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:6px}
figcaption{margin-top:.5rem;color:var(--faint);font-size:.95rem}
.table{overflow-x:auto;margin:1.2rem 0}
table{border-collapse:collapse;font-size:.93rem;font-variant-numeric:tabular-nums;line-height:1.4}
caption{max-width:calc(100vw - 2rem);text-align:left;color:var(--faint);padding-bottom:.4rem}
th,td{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th[scope=row]{font-weight:500;min-width:10rem}
thead th{font-weight:600;vertical-align:bottom}
.number{text-align:right;white-space:nowrap}
thead .number{white-space:normal}
.verdict{border:1px solid var(--line);border-left:.4rem solid var(--faint);border-radius:6px;padding:.5rem 1rem;margin:1.2rem 0}
.verdict p{margin:.4rem 0}
.verdict .claim{font-weight:600}
.verdict strong{margin-right:.4rem}
.verdict .rule{color:var(--faint);font-size:.92rem}
.confirmed{border-left-color:var(--yes)}.confirmed strong{color:var(--yes)}
.refuted{border-left-color:var(--no)}.refuted strong{color:var(--no)}
.half-true{border-left-color:var(--half)}.half-true strong{color:var(--half)}
details{margin:1rem 0;border:1px solid var(--line);border-radius:6px;padding:.5rem 1rem}
summary{cursor:pointer;color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media (max-width:32rem){body{padding:1.2rem .9rem 3rem;font-size:1rem}dl div{grid-template-columns:1fr}dd{margin-bottom:.3rem}}
@media (min-width:72rem){.table{width:max-content;min-width:100%;max-width:calc(100vw - 6rem);position:relative;left:50%;transform:translateX(-50%)}}
@media print{body{max-width:none;padding:0;font-size:10pt}nav{display:none}figure,.verdict,tr{break-inside:avoid}h2{break-after:avoid}.table{overflow:visible}a{color:inherit;text-decoration:none}}
`.trim();

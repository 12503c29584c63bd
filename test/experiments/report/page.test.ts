import { describe, expect, it } from "vitest";
import { type Block, renderPage } from "../../../experiments/report/page.ts";

const page = (...blocks: Block[]) =>
  renderPage({
    title: "A <report>",
    lead: "The effect of `tanh`",
    facts: [{ term: "command", text: "`steadyarm case vanishing`" }],
    sections: [{ heading: "On the arm", blocks }],
  });

describe("a report page", () => {
  it("escapes all text", () => {
    const bad = `<img src=x onerror="alert(1)">&'`;
    const html = page(
      { kind: "text", text: bad },
      { kind: "table", caption: bad, columns: [{ name: bad }], rows: [[bad]] },
      { kind: "verdict", verdict: { claim: bad, verdict: "refuted", because: bad, rule: bad } },
      { kind: "terms", terms: [{ term: bad, text: bad }] },
      { kind: "details", summary: bad, blocks: [{ kind: "code", text: bad }] },
      { kind: "figure", figure: { id: "f", svg: "<svg></svg>", caption: bad } },
    );
    expect(html).not.toContain("<img");
    expect(html).not.toMatch(/="[^"]*<img/);
    expect(html.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;&#39;/g)).toHaveLength(13);
    expect(html).toContain("<title>A &lt;report&gt;</title>");
  });

  it("has no scripts and no external resources", () => {
    const html = page({ kind: "charts", charts: ["<svg></svg>"], caption: "c" });
    expect(html).not.toMatch(/<script|<link|src=|@import|url\(|https?:/);
  });

  it("inserts charts unchanged", () => {
    expect(page({ kind: "figure", figure: { id: "f", svg: "<svg><g/></svg>", caption: "c" } })).toContain(
      "<figure><svg><g/></svg><figcaption>c</figcaption></figure>",
    );
  });

  it("renders text between backticks as code, and an unpaired backtick literally", () => {
    const html = page({ kind: "text", text: "a `b<c` d ` e" });
    expect(html).toContain("<p>a <code>b&lt;c</code> d ` e</p>");
  });

  it("aligns numeric columns right and uses the first cell as row header", () => {
    const html = page({
      kind: "table",
      caption: "c",
      columns: [{ name: "remedy" }, { name: "success", numeric: true }],
      rows: [["plain", "0.82"]],
    });
    expect(html).toContain('<th scope="row">plain</th><td class="number">0.82</td>');
    expect(html).toContain('<th scope="col" class="number">success</th>');
  });

  it("writes a verdict in words, not only in colour", () => {
    for (const verdict of ["confirmed", "refuted", "half-true", "undecided"] as const) {
      const html = page({ kind: "verdict", verdict: { claim: "c", verdict, because: "b", rule: "r" } });
      expect(html).toMatch(new RegExp(`<strong><span aria-hidden="true">.</span> ${verdict}</strong> b`));
      expect(html).toContain("Rule: r");
    }
  });

  it("links from the contents to the sections", () => {
    const html = page();
    expect(html).toContain('<a href="#1-on-the-arm">On the arm</a>');
    expect(html).toContain('<section id="1-on-the-arm">');
  });

  it("is deterministic", () => {
    expect(page({ kind: "text", text: "x" })).toBe(page({ kind: "text", text: "x" }));
  });
});

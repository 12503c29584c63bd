import { describe, expect, it } from "vitest";
import { type Block, renderPage } from "../../../experiments/report/page.ts";

const page = (...blocks: Block[]) =>
  renderPage({
    title: "A <report>",
    lead: "What `tanh` does",
    facts: [{ term: "command", text: "`steadyarm case vanishing`" }],
    sections: [{ heading: "On the arm", blocks }],
  });

describe("a report page", () => {
  it("escapes every text it is given", () => {
    const bad = `<img src=x onerror="alert(1)">&'`;
    const html = page(
      { kind: "text", text: bad },
      { kind: "table", caption: bad, columns: [{ name: bad }], rows: [[bad]] },
      { kind: "verdict", verdict: { claim: bad, verdict: "refuted", because: bad, rule: bad } },
      { kind: "terms", terms: [{ term: bad, text: bad }] },
      { kind: "details", summary: bad, blocks: [{ kind: "code", text: bad }] },
      { kind: "figure", figure: { svg: "<svg></svg>", caption: bad } },
    );
    expect(html).not.toContain("<img");
    expect(html).not.toMatch(/="[^"]*<img/);
    expect(html.match(/&lt;img src=x onerror=&quot;alert\(1\)&quot;&gt;&amp;&#39;/g)).toHaveLength(13);
    expect(html).toContain("<title>A &lt;report&gt;</title>");
  });

  it("loads nothing and runs nothing", () => {
    const html = page({ kind: "charts", charts: ["<svg></svg>"], caption: "c" });
    expect(html).not.toMatch(/<script|<link|src=|@import|url\(|https?:/);
  });

  it("puts charts in as they are", () => {
    expect(page({ kind: "figure", figure: { svg: "<svg><g/></svg>", caption: "c" } })).toContain(
      "<figure><svg><g/></svg><figcaption>c</figcaption></figure>",
    );
  });

  it("sets words between backticks as code, and leaves a single backtick alone", () => {
    const html = page({ kind: "text", text: "a `b<c` d ` e" });
    expect(html).toContain("<p>a <code>b&lt;c</code> d ` e</p>");
  });

  it("sets numbers to the right and names each row by its first cell", () => {
    const html = page({
      kind: "table",
      caption: "c",
      columns: [{ name: "remedy" }, { name: "success", numeric: true }],
      rows: [["plain", "0.82"]],
    });
    expect(html).toContain('<th scope="row">plain</th><td class="number">0.82</td>');
    expect(html).toContain('<th scope="col" class="number">success</th>');
  });

  it("names a verdict in words, not by colour alone", () => {
    for (const verdict of ["confirmed", "refuted", "half-true", "undecided"] as const) {
      const html = page({ kind: "verdict", verdict: { claim: "c", verdict, because: "b", rule: "r" } });
      expect(html).toMatch(new RegExp(`<strong><span aria-hidden="true">.</span> ${verdict}</strong> b`));
      expect(html).toContain("Rule: r");
    }
  });

  it("leads from its contents to its sections", () => {
    const html = page();
    expect(html).toContain('<a href="#1-on-the-arm">On the arm</a>');
    expect(html).toContain('<section id="1-on-the-arm">');
  });

  it("is the same text for the same report", () => {
    expect(page({ kind: "text", text: "x" })).toBe(page({ kind: "text", text: "x" }));
  });
});

r"""Canonical text to Markdown and back, without loss: the road of editing without script.

The dialect is CommonMark with the tables and strikethrough of GFM, no HTML, and these additions:

| Written | Means |
|---|---|
| `[[SOP-0042]]`, `[[SOP-0042 v3]]` | a link to a record, or to one edition of it |
| `++text++`, `H~2~O`, `10^-3^` | underlined, subscript, superscript |
| `[text]{bold italic}` | any marks, where the usual signs would be read otherwise |
| `text\` at the end of a line, or `<br>` | a line break |
| `![what it shows](sha256:…){width=50}` | an image by the SHA-256 of its file, 50 % wide |
| `\pagebreak` alone on a line | a new page in print |
| `\blank` alone on a line | an empty paragraph |
| `{type=a}` alone before an ordered list | counted a, b, c (also `A`, `i`, `I`) |
| a table whose row of headings is empty | a table without headings |
| `- [ ] text`, `- [x] text` | read as ☐ and ☑ |

Tables with merged cells, several blocks in a cell or headings at the side are written as a list of rows, each a list of
cells. A cell may begin with its properties in braces; braces stand alone where the cell begins with something other than text:

    ::: table
    * - {header} Step
      - {header colspan=2} Who does it
    * - Inspect the lot

        by the plan of [[SOP-0042]]
      - Inspector
      - {}
    :::

A front matter in YAML is taken off by `split_front_matter`.
"""

from medithread.kernel.text.front_matter import split_front_matter
from medithread.kernel.text.markdown_in import from_markdown
from medithread.kernel.text.markdown_out import to_markdown

__all__ = ["from_markdown", "split_front_matter", "to_markdown"]

"""Reports: the results of the other packages as text; nothing here computes a figure, or takes the network.

- `registry`: which subjects are written in which formats, a module each, named `SUBJECT_FORMAT`
- `style`: how wide, with which colours, how deep; every module has ``render(result, style) -> str``
- `canvas`, `table_layout`, `wrapping`, `abbreviation`, `number_text`: what texts for a person share
- `json_values`: what all JSON shares
- `table`: the tables of a subject, for documents and programs; `table_csv`, `table_markdown`,
  `table_latex` and, for notebooks, `table_html` write them
- `summary_rows`, `convention_rows`, `explanation_lines`, `field_record`, `value_lines`, `check_faults`: what the
  formats of several subjects, or of one, share
- `prose`, `markdown_blocks`: the blocks of the guide, as text and as Markdown
"""

"""Reports: the results of the other packages as text; nothing here computes a figure, or takes the network.

- `registry`: which subjects are written in which formats, a module each, named `SUBJECT_FORMAT`
- `style`, `view`: how wide, with which colours; which rows and columns. Modules have ``render(result, style) -> str``
- `canvas`, `table_layout`, `wrapping`, `abbreviation`, `number_text`, `bars`: what texts for a person share
- `json_values`: what all JSON shares
- `table`: the tables of a subject, for documents and programs; `table_csv`, `table_markdown`,
  `table_latex` and, for notebooks, `table_html` write them
- `latex_text`, `markdown_text`, `html_text`: any text, as LaTeX, Markdown and HTML show it letter by letter
- `aligned`, `latex_width`: equations one below the other, and how wide a formula is there
- `comparison_rows`, `sweep_rows`, `fitting_rows`, `convention_rows`, `explanation_parts`, `explanation_lines`,
  `field_record`, `value_lines`, `plan_lines`, `step_lines`, `memory_rows`, `check_faults`, `differences`: what the
  formats of several subjects, or of one, share
- `parts`, `summary_tree`, `equal_parts`, `field_rows`: scopes, chains and equal siblings, for which rows stand
- the summary, step by step: `summary_rows` makes rows of parts, `summary_columns` is what can stand in a row,
  `summary_view` what is shown, `summary_legend` what it means, `summary_totals` what stands below, and `summary_plot`
  bars instead
- `prose`, `markdown_blocks`: the blocks of the guide, as text and as Markdown
"""

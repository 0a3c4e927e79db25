"""Pages: networks to look into in a browser, in one file that asks for no other.

- `page`: networks made into a page, and its file; `results`: what is on it, as plain data
- `unit_sets`: what every unit sees, in runs of numbers that grow evenly
- `notation`: the page as HTML, from `page.html`, the styles of `page.css` and the scripts beside them; `page_data` is
  what the scripts read, in which `text_forms` has each form of a text once, and `side_by_side` tells several networks
  from each other
"""

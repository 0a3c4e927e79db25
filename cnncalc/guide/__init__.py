"""The guide to the language of specs, which `cnncalc help` shows: a topic a file, in a small part of Markdown.

- `topics`: which topics there are, their text and their sections
- `markup`: headings, paragraphs, lists and fenced blocks, and nothing else
- `starter`: the spec that `cnncalc init` writes

The texts are the files beside these modules: `TOPIC.md`, and `starter.yaml`.
"""

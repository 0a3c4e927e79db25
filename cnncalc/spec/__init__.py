"""From YAML text to a network.

- `sources`, `bundled`, `listing`: the text that a name stands for; the bundled architectures
- `one_line`, `line_values`: layers in one line, read into the same tree as YAML
- `model_specs`: the spec that a model of another program is
- `structure`: a spec of dicts, lists and layer objects, as text
- `yaml_tree`, `yaml_scalars`, `number_lists`, `yaml_errors`: the text as a tree of nodes with places
- `document`, `entries`, `entry_reader`, `expectations`, `prefixed_counts`: the keys of a spec, its entries, what it
  expects of itself
- `variant`, `written_values`, `blueprint`: a spec with its variant and parameters chosen, which may be given as text;
  built at any input size
- `entry_walk`, `expansion`, `enclosing`, `loops`, `block_use`, `spec_blocks`, `merge_layer`, `graph_builder`,
  `layer_factory`, `scopes`: entries expanded into a graph, names resolved, layers made
- `pairing`, `arrays`, `array_statements`, `shared_entries`: whose arrays layers use, and whether they are trained
- `expressions`, `syntax`, `closures`, `comprehensions`, `operators`, `steps`, `namespace`, `entry_names`, `templates`,
  `evaluation`, `expression_numbers`: the language of values
- `mistakes`, `survey`: all mistakes of a spec that can be told without each other
- `advice`: hints for the mistakes that people make
- `limits`, `size_bound`: how large a spec may become, and how large it becomes at least
- `given_inputs`, `smallest`, `relaxed`: input sizes that a user gives, the smallest, and those that weights do not fit
"""

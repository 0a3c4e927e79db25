"""JSON Schemas (2020-12): of the specs, so that editors complete and explain them, and of the JSON of each command.

- `option_schema`: what an option of a layer may be
- `entry_schema`: an entry of `layers` in all its spellings
- `spec_schema`: a whole spec, made of the layer classes
- `network_outputs`, `plan_output`, `steps_output`, `memory_output`, `size_outputs`, `decision_outputs`,
  `listing_outputs`: the JSON that commands write
- `output_keys`, `shorthand`: what they share, and the few words in which they are described
- `figure_meanings`: what each figure is, in both
- `catalogue`: all schemas by name
"""

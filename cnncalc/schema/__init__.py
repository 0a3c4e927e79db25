"""JSON Schemas (2020-12): of the specs, so that editors complete and explain them, and of the JSON of each command.

- `option_schema`: what an option of a layer may be
- `entry_schema`: an entry of `layers` in all its spellings
- `spec_schema`: a whole spec, made of the layer classes
- `output_schemas`, `shorthand`: the JSON that commands write, and the few words in which it is described
- `catalogue`: all schemas by name
"""

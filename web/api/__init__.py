"""`/v2`: the engine's commands and searches as Camunda 8's REST resources, so that its published clients work."""

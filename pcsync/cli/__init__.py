"""The commands: the only place that knows all stages."""

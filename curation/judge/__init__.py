"""The judge: a labeler that asks a model, with guidance, over any OpenAI-compatible endpoint."""

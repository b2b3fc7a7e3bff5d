"""An OpenAI-compatible face: each group is a model, each request one message of a member."""

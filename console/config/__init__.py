"""The person's settings: where they are, what they say, and where each value came from."""
